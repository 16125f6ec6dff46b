/// A connector as its `plugin.yaml` describes it.
package struct Plugin: Sendable {
  package enum Role: String, Sendable { case tap, target }

  package var name: String
  package var role: Role
  /// `singer` or `airbyte`.
  package var wire: String
  /// The absolute path of the executable, or its bare name where it was not found.
  package var executable: String
  /// The words of `--about`: `catalog`, `properties`, `discover`, `state`, `test`, `committed-state`.
  package var capabilities: Set<String>
  package var summary: String

  package init(
    name: String,
    role: Role,
    wire: String = "singer",
    executable: String,
    capabilities: Set<String>,
    summary: String = ""
  ) {
    self.name = name
    self.role = role
    self.wire = wire
    self.executable = executable
    self.capabilities = capabilities
    self.summary = summary
  }
}
