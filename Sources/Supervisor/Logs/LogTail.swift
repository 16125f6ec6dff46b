internal import JSON
internal import Posix
internal import Wire

/// A stage's standard error: what of it is told, the last lines for the summary, and its metrics.
///
/// A flood costs neither memory nor a flooded log: lines beyond the rate are counted, not told, and
/// lines are cut at a limit. Warnings and errors have a rate of their own. Secrets are taken out of
/// what is told, before the cut.
package struct LogTail: Sendable {
  private static let lineLimit = 4096
  private static let kept = 40

  private let stage: String
  private let redactor: Redactor
  /// What a line counts as that tells no level.
  private let usual: LogLevel?
  private var splitter: LineSplitter
  private var recent: [[UInt8]] = []
  private var oldest = 0
  private var common = Allowance()
  private var important = Allowance()
  /// Lines that were not told since the last that were, and whether all of them were details.
  private var hidden = 0
  private var hiddenAreDetails = true
  /// Lines that were never told.
  package private(set) var dropped = 0
  /// What the stage said of its failure, if it speaks our form.
  package private(set) var note: ExitNote?
  /// What the stage measured.
  package private(set) var metrics = StageMetrics()

  /// The log of a stage, by its role; `usual` is what a line counts as that tells no level.
  package init(_ stage: String, usual: LogLevel? = nil, redactor: Redactor = .known) {
    self.stage = stage
    self.usual = usual
    self.redactor = redactor
    // A secret that the limit would cut in two is seen whole.
    splitter = LineSplitter(limit: Self.lineLimit + min(redactor.reach, 1 << 16))
  }

  /// The last lines, oldest first.
  package var lines: [String] {
    (recent[oldest...] + recent[..<oldest]).map { String(decoding: clean($0), as: UTF8.self) }
  }

  /// Takes bytes that the stage wrote; returns the lines to tell.
  package mutating func take(_ bytes: ArraySlice<UInt8>, now: Double) -> [LogLine] {
    common.refill(now)
    important.refill(now)
    var told: [LogLine] = []
    var splitter = splitter
    splitter.take(bytes) { line($0, &told) }
    self.splitter = splitter
    return told
  }

  /// Ends the stream; returns what is still to be told.
  package mutating func end() -> [LogLine] {
    var told: [LogLine] = []
    var splitter = splitter
    splitter.end { line($0, &told) }
    self.splitter = splitter
    tellHidden(&told)
    return told
  }

  private mutating func line(_ bytes: ArraySlice<UInt8>, _ told: inout [LogLine]) {
    let bytes = bytes.last == 0x0D ? bytes.dropLast() : bytes
    var structured: StructuredLine?
    if bytes.first == 0x7B, bytes.count < Self.lineLimit,
      let value = try? JSONValue.parse(Array(bytes))
    {
      // The failure itself is told by the summary, in words.
      if let found = ExitNote(value) {
        note = found
        return
      }
      structured = StructuredLine(value)
      metrics.take(value)
    } else {
      metrics.take(line: bytes)
    }
    if recent.count < Self.kept {
      recent.append(Array(bytes))
    } else {
      recent[oldest] = Array(bytes)
      oldest = (oldest + 1) % Self.kept
    }
    let level = structured.map(\.level) ?? LogLevel(line: bytes) ?? usual
    let isImportant = level.map { $0 >= .warning } ?? false
    guard isImportant ? important.take() : common.take() else {
      hidden += 1
      dropped += 1
      if level.map({ $0 >= .warning }) ?? true { hiddenAreDetails = false }
      return
    }
    tellHidden(&told)
    told.append(
      LogLine(
        stage,
        Printable.text(String(decoding: clean(Array(bytes)), as: UTF8.self), hasLines: false),
        level: level,
        message: structured?.message.map { text in
          let words = level.map { "\($0.rawValue.uppercased()) \(text)" } ?? text
          return Printable.text(redactor.applied(to: words), hasLines: false)
        }
      )
    )
  }

  private mutating func tellHidden(_ told: inout [LogLine]) {
    guard hidden > 0 else { return }
    told.append(
      LogLine(stage, "… \(hidden) lines not shown", level: hiddenAreDetails ? .info : nil)
    )
    hidden = 0
    hiddenAreDetails = true
  }

  /// A line without secrets, at most as long as it may be.
  private func clean(_ bytes: [UInt8]) -> [UInt8] {
    guard let clean = redactor.applied(to: bytes) else {
      return Array(bytes.prefix(Self.lineLimit))
    }
    // A line that was cut may end in the first half of a secret, which taking out others has moved.
    let whole = bytes.count < longest ? clean[...] : clean.dropLast(redactor.reach)
    return Array(whole.prefix(Self.lineLimit))
  }

  /// The longest line that is seen: a secret that the limit would cut in two is seen whole.
  private var longest: Int { Self.lineLimit + min(redactor.reach, 1 << 16) }
}
