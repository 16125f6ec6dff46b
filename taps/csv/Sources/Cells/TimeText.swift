import JSON

// SAFETY, for the whole file: every read is below `end`, checked before it; the output has room
// for six times the cell and 64 bytes more.

/// Checks the text of dates and date-times and writes them as JSON strings, by RFC 3339.
enum TimeText {
  /// A date-time that was read.
  @safe
  struct Reading {
    /// Seconds since 1970, in UTC or in the time of the place.
    var seconds: Int64
    /// The fraction of the second.
    var nanos: Int64
    var hasSeconds: Bool
    /// Where the time ends and the zone begins.
    var zone: Position

    init(seconds: Int64, nanos: Int64, hasSeconds: Bool, zone: Position) {
      self.seconds = seconds
      self.nanos = nanos
      self.hasSeconds = hasSeconds
      unsafe self.zone = zone
    }
  }

  @inline(__always)
  private static func two(_ p: Position) -> Int {
    let high = unsafe p[0] &- 0x30
    let low = unsafe p[1] &- 0x30
    return high <= 9 && low <= 9 ? Int(high) &* 10 &+ Int(low) : 1000
  }

  /// The `YYYY-MM-DD` at `p`, ten bytes; nil if there is no such day.
  @inline(__always)
  private static func day(_ p: Position) -> CivilDay? {
    guard let day = unsafe CivilDay(p), day.year >= 1 else { return nil }
    return day
  }

  /// `2024-02-29`.
  static func date(_ start: Position, _ end: Position, _ out: Output) -> Output? {
    guard unsafe end - start == 10, unsafe day(start) != nil else { return nil }
    unsafe out.pointee = 0x22
    unsafe Word.copy(start, 10, to: out + 1)
    unsafe out[11] = 0x22
    return unsafe out + 12
  }

  /// Reads `YYYY-MM-DD`, a `T` or a space, `HH:MM[:SS[.fraction]]`, and a zone or none.
  static func read(_ start: Position, _ end: Position) -> Reading? {
    let count = unsafe end - start
    guard count >= 16, count <= 40, let day = unsafe day(start) else { return nil }
    guard unsafe start[10] | 0x20 == 0x74 || start[10] == 0x20 else { return nil }
    let hour = unsafe two(start + 11)
    let minute = unsafe two(start + 14)
    guard hour <= 23, minute <= 59, unsafe start[13] == 0x3A else { return nil }
    var seconds = Int64(day.daysSince1970) * 86_400 + Int64(hour * 3600 + minute * 60)
    var nanos: Int64 = 0
    var p = unsafe start + 16
    let hasSeconds = unsafe p < end && p.pointee == 0x3A
    if hasSeconds {
      guard unsafe end - p >= 3, unsafe two(p + 1) <= 59 else { return nil }
      unsafe seconds += Int64(two(p + 1))
      unsafe p += 3
      if unsafe p < end, unsafe p.pointee == 0x2E {
        unsafe p += 1
        let first = unsafe p
        var unit: Int64 = 100_000_000
        while unsafe p < end, unsafe p.pointee &- 0x30 <= 9 {
          unsafe nanos += Int64(p.pointee &- 0x30) * unit
          unit /= 10
          unsafe p += 1
        }
        // What is finer than nanoseconds no reader keeps: such text stays text.
        guard unsafe p > first, unsafe p - first <= 9 else { return nil }
      }
    }
    guard let offset = unsafe offset(p, end) else { return nil }
    return unsafe Reading(
      seconds: seconds - offset,
      nanos: nanos,
      hasSeconds: hasSeconds,
      zone: p
    )
  }

  /// Seconds east of nothing, `Z`, `+HH`, `+HHMM` or `+HH:MM`; nil for other text.
  private static func offset(_ p: Position, _ end: Position) -> Int64? {
    let count = unsafe end - p
    if count == 0 { return 0 }
    if unsafe p.pointee | 0x20 == 0x7A { return count == 1 ? 0 : nil }
    guard unsafe p.pointee == 0x2B || p.pointee == 0x2D, count >= 3 else { return nil }
    let hours = unsafe two(p + 1)
    var minutes = 0
    switch count {
    case 3: break
    case 5: minutes = unsafe two(p + 3)
    case 6 where unsafe p[3] == 0x3A: minutes = unsafe two(p + 4)
    default: return nil
    }
    guard hours <= 23, minutes <= 59 else { return nil }
    let seconds = Int64(hours * 3600 + minutes * 60)
    return unsafe p.pointee == 0x2D ? -seconds : seconds
  }

  /// A date-time with a zone, or one without where it `isLocal`.
  static func dateTime(
    _ start: Position,
    _ end: Position,
    _ out: Output,
    isLocal: Bool
  ) -> Output? {
    guard let reading = unsafe read(start, end), unsafe (reading.zone == end) == isLocal else {
      return nil
    }
    unsafe out.pointee = 0x22
    var o = unsafe out + 1
    let count = unsafe reading.zone - start
    unsafe Word.copy(start, count, to: o)
    unsafe o[10] = 0x54
    unsafe o += count
    if !reading.hasSeconds {
      unsafe o[0] = 0x3A
      unsafe o[1] = 0x30
      unsafe o[2] = 0x30
      unsafe o += 3
    }
    unsafe o = unsafe writeZone(reading.zone, end, o)
    unsafe o.pointee = 0x22
    return unsafe o + 1
  }

  private static func writeZone(_ zone: Position, _ end: Position, _ out: Output) -> Output {
    let count = unsafe end - zone
    if count <= 1 {
      unsafe out.pointee = 0x5A
      return unsafe out + count
    }
    unsafe out.update(from: zone, count: 3)
    unsafe out[3] = 0x3A
    unsafe out[4] = count == 3 ? 0x30 : end[-2]
    unsafe out[5] = count == 3 ? 0x30 : end[-1]
    return unsafe out + 6
  }
}
