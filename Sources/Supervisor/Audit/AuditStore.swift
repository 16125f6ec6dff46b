package import JSON
internal import Posix
internal import Sandbox
package import Wire

/// Audits of a project's plugins: one of each version, to compare later ones with.
package struct AuditStore {
  private let folder: String
  private let catalog: PluginCatalog

  package init(_ catalog: PluginCatalog) {
    self.catalog = catalog
    folder = "\(catalog.folders.home)/audits"
  }

  private func stem(_ plugin: Plugin) -> String { "\(plugin.role.rawValue)-\(plugin.name)@" }

  /// The audit of another version: of the one that is named, or the last that was made.
  package func former(_ plugin: Plugin, than audit: Audit, version: String?) -> JSONValue? {
    let names = Paths.names(in: folder).filter { $0.hasPrefix(stem(plugin)) }
    let audits = names.sorted().compactMap { name in
      (try? Files.read("\(folder)/\(name)")).flatMap { try? JSONValue.parse($0) }
    }
    return audits.last { former in
      let found = former["version"]?.string
      return version.map { found == $0 } ?? (found != audit.version)
    }
  }

  package func keep(_ plugin: Plugin, _ audit: Audit) throws(Failure) {
    let path = "\(folder)/\(stem(plugin))\(audit.version ?? "unknown").json"
    do throws(PosixError) {
      try Files.makeFolder(folder)
      try Files.replace(path, Array((audit.json.encoded(pretty: true) + "\n").utf8))
    } catch {
      throw Failure(.io, "\(path) cannot be written: \(error.reason)")
    }
  }

  /// The line of `plugin.yaml` that proposes the least permissions.
  package func proposal(_ plugin: Plugin, _ audit: Audit, _ config: JSONObject) -> String {
    let permissions = Proposal.permissions(
      audit,
      config,
      folder: catalog.project,
      secrets: plugin.origin.permissions.secrets
    )
    return "permissions: \(PluginText.flow(permissions.json))"
  }

  /// Puts that line into the project's own description, in the place of the former one.
  package func write(_ line: String, of plugin: Plugin) throws(Failure) -> String {
    try catalog.adopt(plugin)
    let own = "\(catalog.project)/\(plugin.role.folder)/\(plugin.name)/plugin.yaml"
    let path = Paths.isFile(own) ? own : plugin.file ?? own
    do throws(PosixError) {
      let text = String(decoding: try Files.read(path), as: UTF8.self)
      var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      let at = lines.firstIndex { $0.hasPrefix("permissions:") }
      if let at {
        let end = lines[(at + 1)...].firstIndex { !$0.hasPrefix(" ") && !$0.hasPrefix("-") }
        lines.replaceSubrange(at..<(end ?? lines.endIndex), with: [line])
      } else {
        let end = lines.firstIndex { $0.hasPrefix("settings:") || $0.hasPrefix("status:") }
        lines.insert(line, at: end ?? lines.lastIndex { !$0.isEmpty }.map { $0 + 1 } ?? 0)
      }
      try Files.replace(path, Array(lines.joined(separator: "\n").utf8))
    } catch {
      throw Failure(.io, "\(path) cannot be written: \(error.reason)")
    }
    return path
  }
}
