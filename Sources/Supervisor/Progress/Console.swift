internal import Glibc
package import JSON
internal import Posix
package import Wire

/// Standard error: lines for people, and on a terminal one more that is rewritten in place; or one
/// JSON object a line, for programs.
///
/// What is known to be secret does not pass.
package final class Console {
  private let isTerminal: Bool
  private let isColoured: Bool
  private let showsProgress: Bool
  private let manner: Manner
  private var status = ""
  private var nextStatus = 0.0

  /// Without a terminal the status becomes a line of its own every so many seconds.
  private static let plainInterval = 5.0
  private static let eventInterval = 1.0

  package init(showsProgress: Bool) {
    manner = Manner.ofProcess
    isTerminal = manner.format == .text && isatty(2) == 1 && Environment.value("TERM") != "dumb"
    // `NO_COLOR` counts when it is set to anything but nothing.
    isColoured = isTerminal && (Environment.value("NO_COLOR") ?? "").isEmpty
    self.showsProgress = showsProgress && manner.verbosity > .quiet
    nextStatus = Self.now + statusInterval
  }

  private var statusInterval: Double {
    manner.format == .text ? Self.plainInterval : Self.eventInterval
  }

  private static var now: Double { Double(Clock.monotonic) / 1e9 }

  /// Writes lines of ours, the status staying below them.
  package func show(_ lines: [String], level: LogLevel = .info) {
    guard !lines.isEmpty, manner.shows(level) else { return }
    switch manner.format {
    case .text: put(lines.map(Self.clean))
    case .json: put(lines.map { LogEvent.line(LogLine("dativo", $0, level: level)) })
    }
  }

  package func show(_ line: String) { show([line]) }

  /// A line about success, failure or what lies between, and those that belong to it.
  package func show(_ line: String, _ colour: Colour, _ further: [String] = []) {
    // Before the sign of a colour stands at its beginning, as if it were a part of the word.
    guard isColoured, manner.shows(colour.level) else {
      return show([line] + further, level: colour.level)
    }
    let first = "\u{1B}[\(colour.rawValue)m\(Self.clean(line))\u{1B}[0m"
    put([first] + further.map(Self.clean))
  }

  /// Without secrets, and without what a terminal would obey: names of streams are other people's.
  private static func clean(_ line: String) -> String {
    Printable.text(Redactor.known.applied(to: line))
  }

  package enum Colour: Int {
    case good = 32, doubtful = 33, bad = 31

    var level: LogLevel {
      switch self {
      case .good: .info
      case .doubtful: .warning
      case .bad: .error
      }
    }
  }

  /// Writes lines of stages, which have their secrets hidden: those that matter, and details where
  /// they were asked for.
  package func show(_ lines: [LogLine]) {
    let shown = lines.filter(manner.shows)
    guard !shown.isEmpty else { return }
    put(shown.map { manner.format == .text ? $0.shown : LogEvent.line($0) })
  }

  /// Writes an event for programs; people are told otherwise.
  package func tell(_ event: String, _ figures: JSONObject) {
    guard manner.format == .json else { return }
    put([LogEvent.line(event, figures)])
  }

  /// Passes on what another process of ours wrote for this one's reader, secrets hidden; `name`
  /// tells which.
  package func relay(_ lines: [String], of name: String) {
    guard !lines.isEmpty else { return }
    put(lines.map { manner.format == .text ? "\(name) | \($0)" : LogEvent.line($0, part: name) })
  }

  private func put(_ lines: [String]) {
    write(erased + lines.joined(separator: "\n") + "\n" + status)
  }

  /// Shows how far the work is; text and figures are made only when they are shown.
  package func progress(_ text: () -> String, _ figures: () -> JSONObject) {
    guard showsProgress else { return }
    if isTerminal {
      status = Self.fitted(Printable.text(text()))
      write("\r\u{1B}[K" + status)
    } else if Self.now >= nextStatus {
      nextStatus = Self.now + statusInterval
      switch manner.format {
      case .text: put([Printable.text(text())])
      case .json: tell("progress", figures())
      }
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
