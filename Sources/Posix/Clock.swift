internal import Glibc

/// The two clocks of the system.
package enum Clock {
  /// Nanoseconds of a clock that never goes back.
  package static var monotonic: UInt64 { read(CLOCK_MONOTONIC) }

  /// Nanoseconds since 1970.
  package static var wall: UInt64 { read(CLOCK_REALTIME) }

  private static func read(_ clock: clockid_t) -> UInt64 {
    var time = timespec()
    unsafe clock_gettime(clock, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }

  /// The wall clock as RFC 3339 text in UTC, to the millisecond.
  package static var timestamp: String { text(milliseconds: Int64(wall / 1_000_000)) }

  /// A time since 1970, of the years 1 to 9999, in the form of `timestamp`.
  package static func text(milliseconds: Int64) -> String {
    let millis = ((milliseconds % 1000) + 1000) % 1000
    var seconds = time_t((milliseconds - millis) / 1000)
    var parts = unsafe tm()
    unsafe gmtime_r(&seconds, &parts)
    func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
    let year = unsafe String(String(11900 + parts.tm_year).dropFirst())
    let fraction = String(String(1000 + millis).dropFirst())
    let date = unsafe "\(year)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
    let time = unsafe "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
    return "\(date)T\(time).\(fraction)Z"
  }
}
