package import JSON

/// A connector as its `plugin.yaml` describes it, or as it describes itself with `--about`.
package struct Plugin: Sendable {
  package enum Role: String, CaseIterable, Sendable {
    case tap, target

    /// The folder of a project that holds them.
    package var folder: String { "\(rawValue)s" }
  }

  /// What a connector does otherwise than its peers, and the supervisor does for it.
  package enum Quirk: String, CaseIterable, Sendable {
    /// It prints lines that are no messages: they are relayed to standard error.
    case lenientStdout = "lenient_stdout"
    /// It obeys a catalog under `--properties` only, whatever its options say.
    case properties
    /// It breaks when it is given a catalog: it gets none, and sends all that it has.
    case noCatalog = "no_catalog"
    /// It fails on a stream without a replication method: FULL_TABLE stands where none does.
    case fullTable = "full_table"
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
  /// How it is told a window of time, where its file says it.
  package var window: WindowSettings?
  /// The setting with a list of what may be loaded side by side, where its file says it.
  package var partitions: String?
  /// The distribution that it is installed from; nil for a program that is there.
  package var python: PythonPackage?
  /// The container image that it is; nil for a program.
  package var image: String?
  package var quirks: Set<Quirk> = []
  /// Who made it and what is known of it; for people.
  package var origin = PluginOrigin()
  /// What came of trying it.
  package var status = PluginStatus()
  /// The file that describes it; nil for a program that was asked.
  package var file: String?

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

  /// Role and name, as messages call it.
  package var title: String { "\(role.rawValue) \(name)" }
}
