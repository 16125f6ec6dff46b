internal import Children
package import JSON

/// One end of the pipe, found: a program that exists, and what it can do.
package struct Connector: Sendable {
  package var name: String
  package var executable: String
  /// Words of the command before those that Singer adds.
  package var arguments: [String]
  package var capabilities: Set<String>
  /// What its configuration may hold, a JSON Schema; nil where it has not told.
  package var settings: JSONValue?
  package var quirks: Set<Plugin.Quirk>
  /// How it is confined; nil for a program of ours, and where the job wants none of it.
  package var enclosure: Enclosure?
  /// How an engine confines it; nil for what is no image.
  package var container: ContainerPolicy?
  /// Whether it is a program of ours, that runs none of other people's.
  package var isOurs = false

  package init(
    name: String,
    executable: String,
    arguments: [String] = [],
    capabilities: Set<String>,
    settings: JSONValue? = nil,
    quirks: Set<Plugin.Quirk> = []
  ) {
    self.name = name
    self.executable = executable
    self.arguments = arguments
    self.capabilities = capabilities
    self.settings = settings
    self.quirks = quirks
  }

  /// The option that takes a catalog; nil for a tap that takes none.
  package var catalogOption: String? {
    if quirks.contains(.noCatalog) { return nil }
    if quirks.contains(.properties) { return "--properties" }
    if capabilities.contains("catalog") { return "--catalog" }
    return capabilities.contains("properties") ? "--properties" : nil
  }

  /// The command that runs it with a configuration and further arguments, confined where it is to be.
  ///
  /// `environment` is what the job gives it beside that of `dativo`, which a confined program does
  /// not see, as little as the folder of what is `private`, but for its own configuration, which it
  /// may write back; `descriptors` are those from 3 up that it keeps; `linger` is how many seconds it
  /// may go on, confined, once it has closed its output.
  func command(
    config: String,
    _ further: [String],
    environment: [String: String],
    private: String,
    descriptors: [Int32] = [],
    linger: Double? = nil,
    folder: String
  ) -> Command {
    let arguments = self.arguments + ["--config", config] + further
    var environment = environment
    // Empty: a place of its own is all that it has, but its configuration it writes back to the file.
    environment[PrivateFolder.variable] = enclosure == nil ? `private` : ""
    guard let enclosure else {
      return Command(
        executable,
        arguments,
        environment: StageEnvironment.base(isOurs: isOurs).merging(environment) { $1 },
        folder: folder
      )
    }
    return enclosure.command(
      [executable] + arguments,
      writing: config,
      environment: environment,
      descriptors: descriptors,
      linger: linger,
      folder: folder
    )
  }

  package var takesState: Bool { capabilities.contains("state") }
  package var discovers: Bool { capabilities.contains("discover") }
  /// Whether it keeps STATE with the data, tells it, and waits for our proof.
  package var commitsState: Bool { capabilities.contains("committed-state") }
  /// Whether it waits for our proof that the stages before it ended well.
  package var awaitsVerdict: Bool { commitsState || capabilities.contains("awaits-verdict") }
}
