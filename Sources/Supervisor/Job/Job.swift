package import JSON

/// A job file as it was read: what to move, under which contracts, to where.
///
/// Paths are as written, relative to `folder`. Nothing has been looked up yet: `Plan` does that.
package struct Job: Sendable {
  /// How a stage's program is named: by a plugin's name, or as a command of one's own.
  package enum Program: Hashable, Sendable {
    /// A folder in `taps/` or `targets/`.
    case plugin(String)
    /// Any executable with its arguments, before those that Singer adds.
    case command([String])
  }

  /// One end of the pipe.
  package struct Connector: Sendable {
    package var program: Program
    /// The connector's own configuration.
    package var config: JSONObject
    /// Further environment variables.
    package var environment: [String: String]
    /// Log lines on a foreign tap's stdout, and values that do not fit, are let pass.
    package var isLenient: Bool
    /// How a tap is told a window of time, where the job says it.
    package var window: WindowSettings?
    /// Of one piece of a source the settings that say whose data they are.
    var identity = JSONObject()
    /// How a program of other people is confined.
    package var sandbox = SandboxSettings()

    package init(
      program: Program,
      config: JSONObject = JSONObject(),
      environment: [String: String] = [:],
      isLenient: Bool = false
    ) {
      self.program = program
      self.config = config
      self.environment = environment
      self.isLenient = isLenient
    }
  }

  /// What happens to a record that breaks its contract.
  package enum Mode: String, CaseIterable, Sendable { case strict, warn, quarantine }

  /// How the middle stage works.
  package struct Validation: Sendable {
    package var mode: Mode = .strict
    /// The quarantine file; nil for the default below `DATIVO_HOME`.
    package var quarantine: String?
    package var report: String?
    /// `100` or `1%`; nil for no limit.
    package var maxViolations: String?
    /// What is masked, as `dativo-validate` takes it; nil for what the contracts say alone.
    package var masking: JSONValue?
    /// The file of the key for masked hashes.
    package var maskKeyFile: String?
    /// What happens to what the contracts do not know, as `dativo-validate` takes it.
    package var drift: JSONValue?
    /// What breaches of rules weigh, as `dativo-validate` takes it.
    package var severity: JSONValue?

    package init() {}
  }

  /// Which store keeps the job's STATE between runs.
  package enum StateBackend: String, CaseIterable, Sendable {
    /// A file for each job, in a folder.
    case file
    /// One SQLite database for all jobs that name it.
    case sqlite
  }

  /// When a failed run is tried again.
  package struct Retry: Sendable {
    package var attempts = 3
    package var initialSeconds = 1.0
    package var maxSeconds = 60.0
    /// When runs that fail again and again are not begun for a while; nil for never.
    package var breaker: Breaker.Policy?

    package init() {}
  }

  package var file: String
  /// The folder that relative paths start from: the one that the job file lies in.
  package var folder: String
  package var tenant: String
  package var name: String
  package var source: Connector
  /// Patterns as Meltano has them: `orders.*`, `!*.ssn`; none selects everything.
  package var select: [String]
  /// Metadata of streams and properties, by pattern, in place of what the tap says.
  package var metadata: JSONValue?
  /// Types of properties by stream, in place of what the tap says.
  package var schema: JSONValue?
  package var contracts: [String]
  package var validation: Validation
  package var target: Connector
  package var stateBackend = StateBackend.file
  /// The folder of the file store, or the file of the database; nil for the default below
  /// `DATIVO_HOME`.
  package var statePath: String?
  package var retry: Retry
  /// Seconds without a line from the tap after which it counts as hung; nil for never.
  package var stallSeconds: Double?
  /// Seconds that a run may take, all attempts together; nil for as long as it needs.
  package var timeoutSeconds: Double?
  package var hooks: [Hook.Moment: [Hook]] = [:]
  /// How many streams are loaded side by side; 1 loads all in one pipe.
  package var parallelism = 1
  /// Pieces of the source that are loaded side by side; none for its streams.
  package var partitions: [Partition] = []
  /// Where its secrets are kept.
  package var secrets = SecretSettings()
  /// What its stages may use.
  package var resources = Resources()
  /// The stream that this job loads of the one in the file; nil for all.
  package var part: Part?
  /// How many records of each stream a run loads; nil for all.
  package var limit: Int?
  /// The time whose data a run loads, leaving the STATE as it is; nil for what the STATE says.
  package var window: TimeWindow?

  package init(
    file: String,
    folder: String,
    tenant: String,
    name: String,
    source: Connector,
    select: [String] = [],
    contracts: [String] = [],
    validation: Validation = Validation(),
    target: Connector,
    statePath: String? = nil,
    retry: Retry = Retry(),
    stallSeconds: Double? = nil
  ) {
    self.file = file
    self.folder = folder
    self.tenant = tenant
    self.name = name
    self.source = source
    self.select = select
    self.contracts = contracts
    self.validation = validation
    self.target = target
    self.statePath = statePath
    self.retry = retry
    self.stallSeconds = stallSeconds
  }

  /// The name of the job's commit log at its destination.
  package var pipeline: String { "\(tenant).\(name)" }
}
