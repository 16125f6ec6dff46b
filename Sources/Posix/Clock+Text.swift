internal import Glibc

extension Clock {
  /// The nanoseconds since 1970 of a time as `timestamp` writes it; nil for any other text.
  package static func nanoseconds(_ timestamp: String) -> UInt64? {
    let digits = Array(timestamp.utf8)
    guard digits.count == 24, digits[10] == 0x54, digits[23] == 0x5A else { return nil }
    func number(_ range: Range<Int>) -> Int32? {
      Int32(String(decoding: digits[range], as: UTF8.self))
    }
    guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
      let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
      let millis = number(20..<23)
    else { return nil }
    var parts = unsafe tm()
    unsafe parts.tm_year = year - 1900
    unsafe parts.tm_mon = month - 1
    unsafe parts.tm_mday = day
    unsafe parts.tm_hour = hour
    unsafe parts.tm_min = minute
    unsafe parts.tm_sec = second
    // SAFETY: the parts are this call's.
    let seconds = unsafe timegm(&parts)
    guard seconds >= 0 else { return nil }
    return UInt64(seconds) * 1_000_000_000 + UInt64(max(millis, 0)) * 1_000_000
  }
}
