package import JSON
internal import Secrets

/// What `dativo secrets` tells of a job's secrets; never a value.
package struct SecretReport: Sendable {
  /// What became of a reference.
  private struct Row {
    let need: SecretNeeds.Need
    let backend: String
    /// Where it is sought, as the backend calls the places, in order.
    let sought: [(place: String, scope: String)]
    /// Where it was found; nil where it was not asked for.
    let found: SecretAccess.Use?
    let isKept: Bool
    let error: SecretError?
  }

  private let rows: [Row]
  private let isAsked: Bool

  /// Lists the references; with `asks` each is asked for.
  package init(_ needs: SecretNeeds, asks: Bool) {
    isAsked = asks
    let access = SecretAccess(needs.job)
    let kept = Set(
      [Plan.Stage.Role.tap, .target].flatMap { role in
        KeptSecrets(needs.job, role).settings.map { "\(role.rawValue) \($0)" }
      }
    )
    rows = needs.needs.map { Self.row($0, access, kept, asks: asks) }
  }

  private static func row(
    _ need: SecretNeeds.Need,
    _ access: SecretAccess,
    _ kept: Set<String>,
    asks: Bool
  ) -> Row {
    var backend = need.reference.backend ?? ""
    var sought: [(place: String, scope: String)] = []
    var found: SecretAccess.Use?
    var problem: SecretError?
    do throws(SecretError) {
      let store = try access.store(need.reference)
      backend = store.backend.name
      sought = store.places(need.reference).map { place, key in
        (store.backend.shown(place) + (key.map { "#\($0)" } ?? ""), place.scope.word)
      }
      if asks {
        _ = try access.find(need.reference, for: "dativo secrets")
        found = access.uses.last { $0.reference == need.reference }
      }
    } catch {
      problem = error
    }
    let setting = need.setting.split(separator: ".").dropFirst(2).joined(separator: ".")
    return Row(
      need: need,
      backend: backend,
      sought: sought,
      found: found,
      isKept: kept.contains("\(need.plugin) \(setting)"),
      error: problem
    )
  }

  /// How many do not resolve.
  package var failed: Int { rows.count { $0.error != nil } }

  package var json: JSONValue {
    .array(
      rows.map { row in
        var object: JSONObject = [
          "setting": .string(row.need.setting), "plugin": .string(row.need.plugin),
          "secret": .string(row.need.reference.text), "at": .string(row.need.place),
          "backend": .string(row.backend),
          "sought": .array(
            row.sought.map { ["place": .string($0.place), "scope": .string($0.scope)] }
          ),
          "kept": .bool(row.isKept),
        ]
        if isAsked { object["resolves"] = .bool(row.error == nil) }
        if let found = row.found {
          object["place"] = .string(found.place)
          object["scope"] = .string(found.scope)
          object["version"] = found.version.map { .string($0) } ?? .null
        }
        if let error = row.error {
          object["problem"] = .string(error.word)
          object["message"] = .string(error.message)
        }
        return .object(object)
      }
    )
  }

  /// One line for each setting: the reference and, where it was asked for, how that went.
  package var text: String {
    guard !rows.isEmpty else { return "The job refers to no secret." }
    var lines = rows.map { row in
      [
        isAsked ? row.error == nil ? "ok" : row.error?.word ?? "" : row.backend,
        row.need.setting, row.need.reference.text,
        row.error?.message ?? row.found.map(Self.told) ?? row.need.place,
      ]
    }
    lines.insert([isAsked ? "" : "BACKEND", "SETTING", "SECRET", isAsked ? "FROM" : "AT"], at: 0)
    return TextTable.lines(lines).joined(separator: "\n")
  }

  /// Each setting with the places that are asked, in order.
  package var explanation: String {
    guard !rows.isEmpty else { return "The job refers to no secret." }
    return rows.map { row in
      var lines = ["\(row.need.setting)  \(row.need.reference.text)  (\(row.need.place))"]
      lines.append("  backend  \(row.backend)")
      for (index, place) in row.sought.enumerated() {
        let isHere = place.place == row.found?.place
        let mark = isHere ? "  <- found" + (row.found?.version.map { ", version \($0)" } ?? "") : ""
        lines.append("  \(index + 1). \(place.place)  (\(place.scope))\(mark)")
      }
      if let error = row.error { lines.append("  \(error.word): \(error.message)") }
      if row.isKept {
        lines.append("  the plugin has changed it: what it gave is used while this one stays")
      }
      return lines.joined(separator: "\n")
    }.joined(separator: "\n\n")
  }

  private static func told(_ use: SecretAccess.Use) -> String {
    "\(use.place) (\(use.scope)\(use.version.map { ", version \($0)" } ?? ""))"
  }
}
