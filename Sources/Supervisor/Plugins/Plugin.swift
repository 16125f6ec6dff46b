package import JSON

/// A connector as its `plugin.yaml` describes it, or as it describes itself with `--about`.
package struct Plugin: Sendable {
  package enum Role: String, CaseIterable, Sendable {
    case tap, target

    /// The folder of a project that holds them.
    package var folder: String { "\(rawValue)s" }
  }

  package var name: String
  package var role: Role
  /// `singer` or `airbyte`.
  package var wire: String
  /// The absolute path of the executable, or its name as written where it was not found.
  package var executable: String
  /// The words of `--about`: `catalog`, `properties`, `discover`, `state`, `test`, `committed-state`.
  package var capabilities: Set<String>
  package var summary: String
  /// What its configuration may hold, as a JSON Schema; nil if it does not say.
  package var settings: JSONValue?

  package init(
    name: String,
    role: Role,
    wire: String = "singer",
    executable: String,
    capabilities: Set<String>,
    summary: String = "",
    settings: JSONValue? = nil
  ) {
    self.name = name
    self.role = role
    self.wire = wire
    self.executable = executable
    self.capabilities = capabilities
    self.summary = summary
    self.settings = settings
  }
}
