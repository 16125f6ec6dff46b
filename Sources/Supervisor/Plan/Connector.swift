/// One end of the pipe, found: a program that exists, and what it can do.
package struct Connector: Sendable {
  package var name: String
  package var executable: String
  /// Words of the command before those that Singer adds.
  package var arguments: [String]
  package var capabilities: Set<String>
  package var quirks: Set<Plugin.Quirk>

  package init(
    name: String,
    executable: String,
    arguments: [String] = [],
    capabilities: Set<String>,
    quirks: Set<Plugin.Quirk> = []
  ) {
    self.name = name
    self.executable = executable
    self.arguments = arguments
    self.capabilities = capabilities
    self.quirks = quirks
  }

  /// The option that takes a catalog; nil for a tap that takes none.
  package var catalogOption: String? {
    if quirks.contains(.noCatalog) { return nil }
    if quirks.contains(.properties) { return "--properties" }
    if capabilities.contains("catalog") { return "--catalog" }
    return capabilities.contains("properties") ? "--properties" : nil
  }

  package var takesState: Bool { capabilities.contains("state") }
  package var discovers: Bool { capabilities.contains("discover") }
  /// Whether it keeps STATE with the data, tells it, and waits for our proof.
  package var commitsState: Bool { capabilities.contains("committed-state") }
}
