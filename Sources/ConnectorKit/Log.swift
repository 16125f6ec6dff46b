internal import Glibc
internal import Posix
internal import Wire

/// Lines for people on standard error; `DATIVO_LOG` is the lowest level that is written.
public enum Log {
  /// How much a line matters.
  public enum Level: Int, Sendable, Comparable {
    case debug, info, warning, error

    /// Orders by weight.
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
  }

  /// The lowest level that is written: from `DATIVO_LOG`, else `info`.
  public static let threshold: Level = {
    switch Environment.value("DATIVO_LOG")?.lowercased() {
    case "debug", "trace": .debug
    case "warning", "warn": .warning
    case "error": .error
    default: .info
    }
  }()

  /// Writes a line about details.
  public static func debug(_ message: String) { write(.debug, message) }

  /// Writes a line about what happens.
  public static func info(_ message: String) { write(.info, message) }

  /// Writes a line about what the user should look at.
  public static func warning(_ message: String) { write(.warning, "warning: \(message)") }

  /// Writes a line about what went wrong.
  public static func error(_ message: String) { write(.error, "error: \(message)") }

  private static func write(_ level: Level, _ message: String) {
    guard level >= threshold else { return }
    // Names of streams and fields are other people's.
    line(Printable.text(message))
  }

  /// Writes one line as it is, whatever the level.
  static func line(_ text: String) {
    let bytes = Array("\(text)\n".utf8)
    // A standard error that cannot be written to leaves nobody to tell.
    try? unsafe bytes.withUnsafeBytes { try unsafe Descriptor.write(2, $0) }
  }
}
