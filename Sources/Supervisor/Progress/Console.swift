internal import Glibc
internal import Posix
package import Wire

/// Standard error for people: lines, and on a terminal one more that is rewritten in place.
package final class Console {
  private let isTerminal: Bool
  private let isColoured: Bool
  private let showsProgress: Bool
  private var status = ""
  private var nextStatus = 0.0

  /// Without a terminal the status becomes a line of its own every so many seconds.
  private static let plainInterval = 5.0

  package init(showsProgress: Bool) {
    isTerminal = isatty(2) == 1 && Environment.value("TERM") != "dumb"
    // `NO_COLOR` counts when it is set to anything but nothing.
    isColoured = isTerminal && (Environment.value("NO_COLOR") ?? "").isEmpty
    self.showsProgress = showsProgress
    nextStatus = Self.now + Self.plainInterval
  }

  private static var now: Double { Double(Clock.monotonic) / 1e9 }

  /// Writes lines, the status staying below them.
  package func show(_ lines: [String]) {
    guard !lines.isEmpty else { return }
    write(erased + lines.joined(separator: "\n") + "\n" + status)
  }

  package func show(_ line: String) { show([line]) }

  /// A line about success, failure or what lies between.
  package func show(_ line: String, _ colour: Colour) {
    show([isColoured ? "\u{1B}[\(colour.rawValue)m\(line)\u{1B}[0m" : line])
  }

  package enum Colour: Int { case good = 32, doubtful = 33, bad = 31 }

  /// Shows how far the work is; `text` is made only when it is shown.
  package func progress(_ text: () -> String) {
    guard showsProgress else { return }
    if isTerminal {
      status = Self.fitted(text())
      write("\r\u{1B}[K" + status)
    } else if Self.now >= nextStatus {
      nextStatus = Self.now + Self.plainInterval
      write(text() + "\n")
    }
  }

  /// Removes the status.
  package func endProgress() {
    write(erased)
    status = ""
  }

  private var erased: String { status.isEmpty ? "" : "\r\u{1B}[K" }

  /// Cut at the terminal's width: a status that wraps could not be rewritten.
  private static func fitted(_ text: String) -> String {
    var size = winsize()
    // SAFETY: the size is written to a variable of this call.
    let isKnown = unsafe ioctl(2, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 10
    return String(text.prefix(Int(isKnown ? size.ws_col : 80) - 1))
  }

  /// Writes what a command answers to standard output; a failed write has an exit code too.
  package static func answer(_ text: String) throws(Failure) {
    // SAFETY: the bytes are lent for the call.
    let failure: PosixError? = unsafe Array((text + "\n").utf8).withUnsafeBytes { bytes in
      do throws(PosixError) {
        try unsafe Descriptor.write(1, bytes)
        return nil
      } catch {
        return error
      }
    }
    guard let failure else { return }
    throw failure.isBrokenPipe
      ? Failure(.signal(Signal.brokenPipe), "the reader of the answer went away")
      : Failure(.io, "the answer cannot be written: \(failure)")
  }

  private func write(_ text: String) {
    guard !text.isEmpty else { return }
    // SAFETY: the bytes are lent for the call. Nobody is left to tell if it fails.
    try? unsafe Array(text.utf8).withUnsafeBytes { try unsafe Descriptor.write(2, $0) }
  }
}
