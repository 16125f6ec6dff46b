internal import JSON

/// An ODCS contract drawn up from streams: what was seen, and nothing more.
struct ContractDraft {
  private let streams: [StreamProfile]

  init(_ streams: [StreamProfile]) { self.streams = streams }

  /// The first line of a contract, by which editors find the official schema of its version.
  static func modeline(_ version: String) -> String {
    "# yaml-language-server: $schema=https://raw.githubusercontent.com/bitol-io/"
      + "open-data-contract-standard/main/schema/odcs-json-schema-\(version).json"
  }

  /// The columns that identify a record of the first stream: those that the tap names, or the first
  /// that does.
  var keys: [String] { streams.first.map(Self.keys) ?? [] }

  private static func keys(_ stream: StreamProfile) -> [String] {
    stream.keys.key(of: stream.root.members.map(\.name))
  }

  /// The contract as YAML.
  func text(id: String, name: String, tenant: String? = nil, purpose: String) -> String {
    var lines = [
      Self.modeline("v3.0.2"),
      "# A proposal. Comments tell the evidence; what they alone tell is not enforced.",
      "apiVersion: v3.0.2",
      "kind: DataContract",
      "id: \(YAMLText.quoted(id))",
      "name: \(YAMLText.quoted(name))",
      "version: 0.1.0",
      "status: draft",
    ]
    if let tenant { lines.append("tenant: \(YAMLText.quoted(tenant))") }
    lines += ["description:", "  purpose: \(YAMLText.quoted(purpose))", "schema:"]
    for stream in streams { lines += object(stream) }
    return lines.joined(separator: "\n") + "\n"
  }

  private func object(_ stream: StreamProfile) -> [String] {
    var lines = ["  - name: \(YAMLText.quoted(stream.name))"]
    lines.append(
      stream.records == 0
        ? "    # drawn up from the schema alone: no record was read"
        : "    # \(stream.records) record\(stream.records == 1 ? "" : "s")"
    )
    let keys = Self.keys(stream)
    let declared = stream.keys.declared
    if keys.isEmpty, !declared.isEmpty {
      let names = declared.map { JSONValue.string($0).encoded() }.joined(separator: ", ")
      lines.append("    # the tap's key \(names) repeats or is null, so it is none here")
    }
    if stream.keys.isCut {
      lines.append(
        "    # more values than memory is kept for: only columns called like a key were compared"
      )
    }
    lines.append("    logicalType: object")
    let properties = PropertyDraft.members(
      stream.root,
      stream.schema.map(DeclaredType.init),
      isTop: true
    )
    .filter { !Self.isMetadata($0.name) }
    guard !properties.isEmpty else { return lines }
    lines.append("    properties:")
    for (name, draft) in properties {
      var draft = draft
      if let place = keys.firstIndex(of: name) {
        draft.keyPosition = place + 1
      } else if stream.keys.isUnique(name) {
        draft.note("all different")
      }
      lines += draft.lines(name, indent: 6)
    }
    return lines
  }

  /// Columns that taps and targets add, which every contract lets pass.
  private static func isMetadata(_ name: String) -> Bool {
    ["_sdc_", "_ab_", "_airbyte_"].contains { name.hasPrefix($0) }
  }
}
