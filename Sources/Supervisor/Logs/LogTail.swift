/// A stage's standard error: what of it is shown, and the last lines for the summary.
///
/// A flood costs neither memory nor a flooded terminal: lines beyond the rate are counted, not
/// shown, and lines are cut at a limit.
package struct LogTail: Sendable {
  private static let lineLimit = 4096
  private static let kept = 40
  private static let perSecond = 50.0
  private static let burst = 500.0

  private let prefix: String
  private var splitter = LineSplitter(limit: lineLimit)
  private var recent: [[UInt8]] = []
  private var oldest = 0
  private var allowance = burst
  private var lastRefill: Double?
  /// Lines that were not shown since the last that were.
  private var hidden = 0
  /// Lines that were never shown.
  package private(set) var dropped = 0
  /// What the stage said of its failure, if it speaks our form.
  package private(set) var note: ExitNote?

  /// Shown lines begin with `prefix`.
  package init(prefix: String) { self.prefix = prefix }

  /// The last lines, oldest first.
  package var lines: [String] {
    (recent[oldest...] + recent[..<oldest]).map { String(decoding: $0, as: UTF8.self) }
  }

  /// Takes bytes that the stage wrote; returns the lines to show.
  package mutating func take(_ bytes: ArraySlice<UInt8>, now: Double) -> [String] {
    refill(now)
    var shown: [String] = []
    var splitter = splitter
    splitter.take(bytes) { line($0, &shown) }
    self.splitter = splitter
    return shown
  }

  /// Ends the stream; returns what is still to be shown.
  package mutating func end() -> [String] {
    var shown: [String] = []
    var splitter = splitter
    splitter.end { line($0, &shown) }
    self.splitter = splitter
    tellHidden(&shown)
    return shown
  }

  private mutating func line(_ bytes: ArraySlice<UInt8>, _ shown: inout [String]) {
    let bytes = bytes.last == 0x0D ? bytes.dropLast() : bytes
    if bytes.first == 0x7B, bytes.count < Self.lineLimit {
      // The failure itself is told by the summary, in words.
      if let found = ExitNote(line: String(decoding: bytes, as: UTF8.self)) {
        note = found
        return
      }
    }
    if recent.count < Self.kept {
      recent.append(Array(bytes))
    } else {
      recent[oldest] = Array(bytes)
      oldest = (oldest + 1) % Self.kept
    }
    guard allowance >= 1 else {
      hidden += 1
      dropped += 1
      return
    }
    allowance -= 1
    tellHidden(&shown)
    shown.append("\(prefix) | \(Self.printable(bytes))")
  }

  private mutating func tellHidden(_ shown: inout [String]) {
    guard hidden > 0 else { return }
    shown.append("\(prefix) | … \(hidden) lines not shown")
    hidden = 0
  }

  private mutating func refill(_ now: Double) {
    if let lastRefill {
      allowance = min(Self.burst, allowance + (now - lastRefill) * Self.perSecond)
    }
    lastRefill = now
  }

  /// Control characters could rewrite what is on the terminal: they are shown as `?`,
  /// the escape that colours begin with too; a tab stays.
  private static func printable(_ bytes: ArraySlice<UInt8>) -> String {
    var clean = Array(bytes)
    for index in clean.indices {
      let byte = clean[index]
      if byte < 0x20, byte != 0x09 { clean[index] = 0x3F }
      if byte == 0x7F { clean[index] = 0x3F }
    }
    return String(decoding: clean, as: UTF8.self)
  }
}
