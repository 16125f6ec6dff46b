/// The exit code of a process: the one map between codes and kinds of failure.
public struct ExitCode: RawRepresentable, Sendable, Hashable {
  /// The number given to the operating system.
  public var rawValue: Int32

  /// Takes a code as it is.
  public init(rawValue: Int32) {
    self.rawValue = rawValue
  }

  /// The code for a kind of failure.
  public init(_ kind: Failure.Kind) {
    rawValue =
      switch kind {
      case .usage: 64
      case .data: 65
      case .unavailable: 69
      case .bug: 70
      case .io: 74
      case .temporary: 75
      case .credentials: 77
      case .configuration: 78
      case .signal(let number): 128 &+ number
      case .brokenPipe: 141
      case .plugin(let code): code
      }
  }

  /// Input finished, output flushed and synced.
  public static let done = ExitCode(rawValue: 0)

  /// The kind of failure that a code stands for; nil for success.
  public var kind: Failure.Kind? {
    switch rawValue {
    case 0: nil
    case 64: .usage
    case 65: .data
    case 69: .unavailable
    case 70: .bug
    case 74: .io
    case 75: .temporary
    case 77: .credentials
    case 78: .configuration
    case 141: .brokenPipe
    case 129...192: .signal(rawValue - 128)
    default: .plugin(rawValue)
    }
  }
}
