package import JSON

/// What one attempt of a job runs: which programs, with which files, from which STATE.
///
/// A plain value: making one reads nothing and starts nothing.
package struct Plan: Sendable {
  /// One process of the pipe.
  package struct Stage: Sendable {
    package enum Role: String, Sendable, CaseIterable { case tap, validate, target }

    /// The descriptors by which a stage speaks to us beside its output, as variables.
    static let channels = ["DATIVO_EVENTS_FD": "3", "DATIVO_VERDICT_FD": "4"]

    package var role: Role
    /// How people call it: `tap-csv`, or the command's first words.
    package var name: String
    package var executable: String
    package var arguments: [String]
    /// Variables that it gets beside those of `dativo` itself.
    package var environment: [String: String]
    /// Whether its rows after the last STATE wait for our proof (capabilities `committed-state`, `awaits-verdict`).
    package var awaitsVerdict: Bool
    /// How it is confined; then `executable` and `arguments` are those of its launcher.
    package var enclosure: Enclosure?
    /// How an engine confines the image that it runs.
    package var container: ContainerPolicy?
    /// Whether it is a program of ours, that runs none of other people's.
    package var isOurs: Bool

    package init(
      role: Role,
      name: String,
      executable: String,
      arguments: [String],
      environment: [String: String] = [:],
      awaitsVerdict: Bool = false,
      enclosure: Enclosure? = nil,
      container: ContainerPolicy? = nil,
      isOurs: Bool = true
    ) {
      self.role = role
      self.name = name
      self.executable = executable
      self.arguments = arguments
      self.environment = environment
      self.awaitsVerdict = awaitsVerdict
      self.enclosure = enclosure
      self.container = container
      self.isOurs = isOurs
    }
  }

  /// A private file that a stage is given by its path.
  package struct File: Sendable {
    package var path: String
    package var content: JSONValue
    /// The plugin whose configuration it is, which alone gets the secrets in it; nil for all else.
    package var plugin: (Connector, Stage.Role)?
    /// Whether it gets the forms of all secrets that are known once the plugins have theirs: what is
    /// not to be repeated.
    package var listsSecrets: Bool

    package init(
      path: String,
      content: JSONValue,
      plugin: (Connector, Stage.Role)? = nil,
      listsSecrets: Bool = false
    ) {
      self.path = path
      self.content = content
      self.plugin = plugin
      self.listsSecrets = listsSecrets
    }
  }

  /// What the destination promises.
  package enum Delivery: String, Sendable {
    case exactlyOnce = "exactly-once"
    case atLeastOnce = "at-least-once"
  }

  package var job: String
  package var pipeline: String
  /// The name of the run.
  package var run: String
  /// The name of the attempt: the run's, with a number where it is not the first.
  package var name: String
  /// Where the stages run: relative paths in their configurations start here.
  package var folder: String
  /// Where the private files lie while the run lasts.
  package var runFolder: String
  /// Where the plugins' configurations lie meanwhile, which may hold secrets.
  package var privateFolder: String
  /// In pipe order.
  package var stages: [Stage]
  package var files: [File]
  /// The STATE that the tap begins from; nil for from the start.
  package var state: JSONValue?
  /// The fingerprint of the source.
  package var source: String
  package var delivery: Delivery
  /// The streams that are asked for; nil where that is left to the tap.
  package var streams: [String]?
  package var contracts: [String]
  package var mode: Job.Mode
  package var quarantine: String?
  /// Where the middle stage writes its figures.
  package var report: String
  package var stallSeconds: Double?
  /// What the stages may use together.
  package var resources: Resources
  /// How many records of each stream pass; nil for all.
  package var limit: Int?
  /// How long the attempt may take; nil for as long as it needs.
  package var timeoutSeconds: Double?
}
