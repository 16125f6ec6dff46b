import Posix

/// `emitted_at`, milliseconds since 1970, as Singer's `time_extracted`.
enum EmittedAt {
  /// RFC 3339 in UTC; nil for what is no time of the years 1 to 9999.
  static func text(_ milliseconds: Int64) -> String? {
    guard (-62_135_596_800_000..<253_402_300_800_000).contains(milliseconds) else { return nil }
    return Clock.text(milliseconds: milliseconds)
  }
}
