internal import Contracts
internal import JSON
internal import Sandbox
internal import Wire

extension JobChecks {
  /// Holds the hosts that the job names against those of the plugin's own description, as a run does:
  /// fewer may be granted, not more.
  ///
  /// What a secret or a variable names is known when it runs, not before; and which files may be read
  /// or written depends on what is there then.
  mutating func confinement(_ connector: Job.Connector, _ plugin: Plugin) {
    let permissions = plugin.origin.permissions
    guard connector.sandbox.choice != .none, !permissions.isEmpty, plugin.image == nil,
      !JSONValue.object(connector.config).encoded().contains("${")
    else { return }
    let policy = permissions.policy(
      Enclosing.filled(connector.config, plugin.settings),
      folder: catalog.project,
      writes: plugin.role == .target
    )
    var end = connector
    end.sandbox.reads = nil
    end.sandbox.writes = nil
    let enclosing = Enclosing(catalog: catalog, end: end, role: plugin.role)
    do throws(Failure) {
      _ = try enclosing.narrowed(policy, isDescribed: true)
    } catch {
      add(file.root["sandbox"]?[plugin.role.rawValue], error.message, hint: error.hint)
    }
  }
}
