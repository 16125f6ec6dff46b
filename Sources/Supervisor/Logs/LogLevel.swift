/// How much a line of a log matters.
package enum LogLevel: String, Sendable, CaseIterable, Comparable {
  case debug, info, warning, error

  package static func < (left: Self, right: Self) -> Bool { left.weight < right.weight }

  private var weight: Int { Self.allCases.firstIndex(of: self) ?? 0 }

  /// The level that loggers call by this name; nil for any other word.
  package init?(name: some StringProtocol) {
    switch name.uppercased() {
    case "TRACE", "DEBUG", "DBG", "VERBOSE": self = .debug
    case "INFO", "NOTICE", "SUCCESS": self = .info
    case "WARNING", "WARN": self = .warning
    case "ERROR", "ERR", "CRITICAL", "FATAL", "EXCEPTION", "ALERT", "EMERGENCY": self = .error
    default: return nil
    }
  }

  /// The level that a line of plain text tells of itself: `INFO …`, `WARNING:name:…`,
  /// `2026-01-01 10:00:00,000 | ERROR    | …`, `[INFO] …`, `time=… level=info …`; nil where it
  /// tells none.
  ///
  /// Only numbers and signs may stand before the word, so that a sentence about an ERROR is none.
  package init?(line: ArraySlice<UInt8>) {
    var start: Int?
    for index in line.startIndex..<min(line.endIndex, line.startIndex + Self.reach) {
      let byte = line[index]
      if byte >= 0x61, byte <= 0x7A {
        guard let found = Self.assigned(line) ?? Self.announced(line) else { return nil }
        self = found
        return
      }
      if byte >= 0x41, byte <= 0x5A {
        start = start ?? index
        continue
      }
      guard let first = start else { continue }
      start = nil
      if let level = Self.named(line[first..<index]) {
        self = level
        return
      }
      // `T` and `Z` of a timestamp, `UTC` and its like.
      if index - first > 4 { return nil }
    }
    guard let first = start, let level = Self.named(line[first...].prefix(Self.longest)) else {
      return nil
    }
    self = level
  }

  /// How far into a line the level may stand, and how long its name may be.
  private static let reach = 64
  private static let longest = 9

  private static func named(_ word: ArraySlice<UInt8>) -> LogLevel? {
    guard word.count > 2, word.count <= longest else { return nil }
    return LogLevel(name: String(decoding: word, as: UTF8.self))
  }

  /// `warning: …` and `error: …`, as compilers and our own programs begin.
  private static func announced(_ line: ArraySlice<UInt8>) -> LogLevel? {
    if line.starts(with: Array("warning: ".utf8)) { return .warning }
    return line.starts(with: Array("error: ".utf8)) ? .error : nil
  }

  /// `level=…` in a line of pairs.
  private static func assigned(_ line: ArraySlice<UInt8>) -> LogLevel? {
    let key = Array("level=".utf8)
    let text = line.prefix(256)
    guard let at = text.indices.first(where: { text[$0...].starts(with: key) }) else { return nil }
    let value = text[(at + key.count)...].drop { $0 == 0x22 }.prefix { byte in
      (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
    return named(value)
  }
}
