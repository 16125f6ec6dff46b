/// Why a stage ended without success, as its user and the supervisor are told.
///
/// Modules throw their own small errors; a `Failure` is made of them at the edge of the process.
public struct Failure: Error, Sendable, Equatable {
  /// The recovery strategy.
  public var kind: Kind
  /// What happened, in one sentence, with the file, line or stream concerned.
  public var message: String
  /// What to do about it, if that is known.
  public var hint: String?
  /// Seconds to wait before a retry, if the remote side named them.
  public var retryAfter: Double?

  /// Creates a failure.
  public init(_ kind: Kind, _ message: String, hint: String? = nil, retryAfter: Double? = nil) {
    self.kind = kind
    self.message = message
    self.hint = hint
    self.retryAfter = retryAfter
  }
}

extension Failure {
  /// What can be done about a failure; `ExitCode` maps each to a number.
  public enum Kind: Sendable, Hashable {
    /// The command line is wrong.
    case usage
    /// Data breaks the protocol or the contract.
    case data
    /// A remote service cannot be reached.
    case unavailable
    /// The same attempt may succeed later.
    case temporary
    /// A bug in this program.
    case bug
    /// Local input or output failed: disk full, no permission, no such file.
    case io
    /// Credentials were refused.
    case credentials
    /// The configuration is wrong.
    case configuration
    /// A signal ended the work.
    case signal(Int32)
    /// The reader of this stage's output went away.
    case brokenPipe
    /// A foreign plugin failed, cause unknown.
    case plugin(Int32)
  }
}

extension Failure.Kind {
  /// The word for this kind in events and in the exit line.
  public var name: String {
    switch self {
    case .usage: "usage"
    case .data: "data"
    case .unavailable: "unavailable"
    case .temporary: "temporary"
    case .bug: "bug"
    case .io: "io"
    case .credentials: "credentials"
    case .configuration: "configuration"
    case .signal: "signal"
    case .brokenPipe: "broken_pipe"
    case .plugin: "plugin"
    }
  }
}
