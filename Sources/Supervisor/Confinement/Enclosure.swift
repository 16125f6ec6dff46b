internal import Children
package import JSON
package import Sandbox

/// How one connector of other people is confined: the words before its own command.
package struct Enclosure: Hashable, Sendable {
  /// `dativo-sandbox`.
  package let launcher: String
  package let backend: Backend
  package let policy: Policy
  private let enforcement: Enforcement

  init(launcher: String, backend: Backend, machine: Machine, policy: Policy) {
    self.launcher = launcher
    self.backend = backend
    self.policy = policy
    enforcement = Enforcement(backend, machine, policy)
  }

  /// The words of `dativo-sandbox` for a program that gets these variables and descriptors, and may go
  /// on for `linger` seconds once it has closed its output.
  func words(
    _ program: [String],
    writing: String?,
    variables: [String],
    descriptors: [Int32],
    linger: Double? = nil
  ) -> [String] {
    var words = ["--backend", backend.rawValue]
    switch policy.network {
    case .all: words += ["--host", "*"]
    case .hosts(let hosts): words += hosts.flatMap { ["--host", $0.description] }
    }
    words += policy.reads.flatMap { ["--read", $0] }
    words += (policy.writes + [writing].compactMap(\.self)).flatMap { ["--write", $0] }
    words += policy.hidden.flatMap { ["--hide", $0] }
    words += policy.limits.texts.flatMap { ["--limit", "\($0.key)=\($0.value)"] }
    words += variables.sorted().flatMap { ["--env", $0] }
    words += descriptors.flatMap { ["--descriptor", "\($0)"] }
    if let linger { words += ["--linger", "\(linger)"] }
    return words + ["--"] + program
  }

  /// The command that runs a program confined, which may also write to the file `writing`.
  func command(
    _ program: [String],
    writing: String? = nil,
    environment: [String: String],
    descriptors: [Int32] = [],
    linger: Double? = nil,
    folder: String
  ) -> Command {
    Command(
      launcher,
      words(
        program,
        writing: writing,
        variables: Array(environment.keys),
        descriptors: descriptors,
        linger: linger
      ),
      environment: Self.plain.merging(environment) { $1 },
      folder: folder
    )
  }

  /// What even the launcher sees of our environment: whether to colour, the time zone, and where
  /// programs are.
  private static var plain: [String: String] {
    StageEnvironment.base.filter {
      ["PATH", "HOME", "TMPDIR", "TZ", "LC_ALL", "NO_COLOR"].contains($0.key)
    }
  }

  /// One line for the log.
  package var text: String { "\(enforcement.text); granted: \(policy.summary)" }

  /// The processes that stand between a stage and its program.
  var overhead: Int { backend == .bubblewrap ? 4 : 2 }

  /// What may be the matter with a program that fails confined.
  var hint: String {
    "It ran confined, granted: \(policy.summary). \"sandbox\" in the job says what a program is "
      + "granted; `permissions` in its plugin.yaml, what a plugin is."
  }

  /// For the record of a run.
  package var json: JSONValue {
    [
      "backend": .string(backend.rawValue),
      "enforced": .array(enforcement.enforced.map { .string($0) }),
      "not_enforced": .array(enforcement.missing.map { .string($0) }),
      "granted": .string(policy.summary),
    ]
  }
}
