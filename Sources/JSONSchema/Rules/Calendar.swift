internal import JSON

/// Dates and times as RFC 3339 writes them, and the arithmetic of days.
package enum Calendar {
  @inline(__always)
  static func two(_ text: Span<UInt8>, _ at: Int) -> Int {
    let high = text[at] &- 0x30
    let low = text[at + 1] &- 0x30
    return high <= 9 && low <= 9 ? Int(high) * 10 + Int(low) : 1000
  }

  /// The days since 1970-01-01 of a day; the month is 1 to 12, any year will do.
  package static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
    CivilDay(year: year, month: month, day: day).daysSince1970
  }

  /// The number of days that a month has.
  package static func length(ofMonth month: Int, _ year: Int) -> Int {
    CivilDay.length(ofMonth: month, year)
  }

  /// The days since 1970-01-01 of `YYYY-MM-DD` at `at`; nil if there is no such day.
  @inline(__always)
  package static func day(_ text: Span<UInt8>, _ at: Int) -> Int? {
    date(text, at)?.daysSince1970
  }

  /// The `YYYY-MM-DD` at `at`; nil if there is no such day.
  @inline(__always)
  static func date(_ text: Span<UInt8>, _ at: Int) -> CivilDay? {
    guard text.count - at >= 10 else { return nil }
    // SAFETY: the ten bytes are there.
    return unsafe text.withUnsafeBufferPointer { bytes in
      unsafe bytes.baseAddress.flatMap { unsafe CivilDay($0 + at) }
    }
  }

  /// Whether the bytes are a moment of the years 0001 to 9999, written `2013-01-31T05:00:00Z`.
  @inline(__always)
  static func isPlainMoment(_ start: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    guard count == 20 else { return false }
    // SAFETY: the twenty bytes are there; the third word begins within the second.
    let (date, time, end) = unsafe (
      JSONScanner.load8(start), JSONScanner.load8(start + 8), JSONScanner.load8(start + 12)
    )
    // `....-..-`, `..T..:..`, `.:..:..Z`, the first byte lowest; the dots are digits.
    guard date & 0xFF00_00FF_0000_0000 == 0x2D00_002D_0000_0000,
      time & 0x0000_FF00_00FF_0000 == 0x0000_3A00_0054_0000,
      end & 0xFF00_00FF_0000_FF00 == 0x5A00_003A_0000_3A00
    else { return false }
    let zeros: UInt64 = 0x3030_3030_3030_3030
    let (day, clock, second) = (date ^ zeros, time ^ zeros, end ^ zeros)
    // What is above nine reaches the high bit of its byte.
    let tooLarge: UInt64 = 0x7676_7676_7676_7676
    let others =
      (((day &+ tooLarge) | day) & 0x0080_8000_8080_8080)
      | (((clock &+ tooLarge) | clock) & 0x8080_0080_8000_8080)
      | (((second &+ tooLarge) | second) & 0x0080_8000_8080_0080)
    guard others == 0, day & 0xFFFF_FFFF != 0 else { return false }
    func two(_ digits: UInt64, _ place: UInt64) -> UInt64 {
      ((digits &>> (place &* 8)) & 15) &* 10 &+ ((digits &>> (place &* 8 &+ 8)) & 15)
    }
    let month = two(day, 5)
    let dayOfMonth = two(clock, 0)
    guard month &- 1 < 12, dayOfMonth &- 1 < 31 else { return false }
    if dayOfMonth > 28 {
      guard unsafe CivilDay(start) != nil else { return false }
    }
    return two(clock, 3) < 24 && two(clock, 6) < 60 && two(second, 5) < 60
  }

  /// A time of day with its offset, read from RFC 3339 text.
  struct TimeOfDay {
    var nanoseconds = 0
    /// Seconds east; nil where the text has no offset.
    var offset: Int?
    var isLeapSecond = false
  }

  /// Whether `HH:MM:SS[.fraction]` and an offset stand from `at` to the end.
  static func isTime(_ text: Span<UInt8>, _ at: Int) -> Bool { timeOfDay(text, at)?.offset != nil }

  /// Whether the whole text is a date, `T` and a time with offset.
  static func isDateTime(_ text: Span<UInt8>) -> Bool {
    guard text.count >= 20, text[10] | 0x20 == 0x74, day(text, 0) != nil else { return false }
    return isTime(text, 11)
  }

  /// Reads from `at` to the end; a second 60 is a leap second only at the end of a day in UTC.
  static func timeOfDay(_ text: Span<UInt8>, _ at: Int) -> TimeOfDay? {
    guard text.count - at >= 8, text[at + 2] == 0x3A, text[at + 5] == 0x3A else { return nil }
    let hour = two(text, at)
    let minute = two(text, at + 3)
    let second = two(text, at + 6)
    guard hour <= 23, minute <= 59, second <= 60 else { return nil }
    var time = TimeOfDay(nanoseconds: (hour * 3600 + minute * 60 + second) * 1_000_000_000)
    time.isLeapSecond = second == 60
    var index = at + 8
    if index < text.count, text[index] == 0x2E {
      index += 1
      let first = index
      var unit = 100_000_000
      while index < text.count, text[index] &- 0x30 <= 9 {
        time.nanoseconds += Int(text[index] - 0x30) * unit
        unit /= 10
        index += 1
      }
      guard index > first else { return nil }
    }
    if index < text.count {
      guard let offset = offset(text, index) else { return nil }
      time.offset = offset
      if second == 60, ((hour * 60 + minute) * 60 - offset + 172_800) % 86_400 != 86_340 {
        return nil
      }
    } else if second == 60 {
      return nil
    }
    return time
  }

  /// `Z` or `±HH:MM` from `at` to the end, as seconds east.
  private static func offset(_ text: Span<UInt8>, _ at: Int) -> Int? {
    if text[at] | 0x20 == 0x7A { return at + 1 == text.count ? 0 : nil }
    guard text[at] == 0x2B || text[at] == 0x2D, text.count - at == 6, text[at + 3] == 0x3A else {
      return nil
    }
    let hours = two(text, at + 1)
    let minutes = two(text, at + 4)
    guard hours <= 23, minutes <= 59 else { return nil }
    return (text[at] == 0x2D ? -1 : 1) * (hours * 3600 + minutes * 60)
  }

  /// An instant, or a local time: what dates are compared by.
  package struct Instant: Hashable, Sendable {
    package var days: Int
    package var nanoseconds: Int
    /// Seconds east of UTC; nil for a local time.
    package var offset: Int?

    package init(days: Int, nanoseconds: Int = 0, offset: Int? = nil) {
      self.days = days
      self.nanoseconds = nanoseconds
      self.offset = offset
    }

    /// Whether this comes before `other`: as instants where both have offsets, else as written.
    package func precedes(_ other: Instant) -> Bool {
      if let offset, let otherOffset = other.offset {
        let left = days * 86_400 + nanoseconds / 1_000_000_000 - offset
        let right = other.days * 86_400 + other.nanoseconds / 1_000_000_000 - otherOffset
        if left != right { return left < right }
        return nanoseconds % 1_000_000_000 < other.nanoseconds % 1_000_000_000
      }
      return (days, nanoseconds) < (other.days, other.nanoseconds)
    }
  }

  /// Reads an RFC 3339 date, or a date-time with or without offset; nil if it is neither, or a leap
  /// second, which no clock of data has room for.
  package static func instant(_ text: Span<UInt8>) -> Instant? {
    guard let days = day(text, 0) else { return nil }
    if text.count == 10 { return Instant(days: days) }
    guard text[10] | 0x20 == 0x74 || text[10] == 0x20, let time = timeOfDay(text, 11),
      !time.isLeapSecond
    else { return nil }
    return Instant(days: days, nanoseconds: time.nanoseconds, offset: time.offset)
  }

  /// Reads an RFC 3339 time of day, its offset optional; nil if it is none, or a leap second.
  package static func time(_ text: Span<UInt8>) -> Instant? {
    guard let time = timeOfDay(text, 0), !time.isLeapSecond else { return nil }
    return Instant(days: 0, nanoseconds: time.nanoseconds, offset: time.offset)
  }
}
