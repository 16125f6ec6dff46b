internal import JSONSchema

extension DateReading {
  /// What each field may be; the days of a month and of a year are looked at besides.
  private static let ranges: [(DatePattern.Field, ClosedRange<Int>)] = [
    (.year, -999_999_999...999_999_999), (.yearOfEra, 1...999_999_999),
    (.weekYear, -999_999_999...999_999_999), (.month, 1...12), (.day, 1...31),
    (.dayOfYear, 1...366), (.quarter, 1...4), (.week, 1...53), (.dayOfWeek, 1...7),
    (.hour, 0...23), (.hour12, 1...12), (.clockHour, 1...24), (.hourOfHalf, 0...11),
    (.minute, 0...59), (.second, 0...59),
  ]

  /// The instant that the fields name; nil for a day or a time that does not exist.
  ///
  /// What no field names is its first: January of a year, midnight of a day.
  var instant: Calendar.Instant? {
    for (field, range) in Self.ranges {
      if let value = self[field], !range.contains(value) { return nil }
    }
    guard let days, let seconds = secondOfDay else { return nil }
    let nanoseconds = seconds * 1_000_000_000 + (self[.fraction] ?? 0)
    return Calendar.Instant(days: days, nanoseconds: nanoseconds, offset: offset)
  }

  private var days: Int? {
    guard self[.year] != nil || self[.yearOfEra] != nil else { return 0 }
    guard let year else { return nil }
    let isLeap = Calendar.length(ofMonth: 2, year) == 29
    var month = self[.month] ?? self[.quarter].map { $0 * 3 - 2 } ?? 1
    var day = self[.day] ?? 1
    if let dayOfYear = self[.dayOfYear] {
      guard dayOfYear <= (isLeap ? 366 : 365) else { return nil }
      let found = Self.date(dayOfYear, year)
      guard self[.month] ?? found.month == found.month, self[.day] ?? found.day == found.day
      else { return nil }
      (month, day) = found
    }
    // Without its month a day is only a number.
    guard self[.month] == nil || day <= Calendar.length(ofMonth: month, year) else { return nil }
    if let quarter = self[.quarter], quarter != (month + 2) / 3 { return nil }
    let days = Calendar.days(year, month, day)
    let isWhole = self[.dayOfYear] != nil || (self[.month] != nil && self[.day] != nil)
    return !isWhole || isNamed(days) ? days : nil
  }

  /// The month and its day of a day of the year, which there must be.
  private static func date(_ dayOfYear: Int, _ year: Int) -> (month: Int, day: Int) {
    var month = 1
    var day = dayOfYear
    while day > Calendar.length(ofMonth: month, year) {
      day -= Calendar.length(ofMonth: month, year)
      month += 1
    }
    return (month, day)
  }

  private var secondOfDay: Int? {
    let halves = [self[.hour12].map { $0 % 12 }, self[.hourOfHalf]].compactMap(\.self)
    let hours =
      [self[.hour], self[.clockHour].map { $0 % 24 }].compactMap(\.self)
      + halves.map(hour(ofHalf:))
    let hour = hours.first ?? 0
    guard hours.allSatisfy({ $0 == hour }), hours.isEmpty || isInHalf(hour) || !halves.isEmpty
    else { return nil }
    return (hour * 60 + (self[.minute] ?? 0)) * 60 + (self[.second] ?? 0)
  }
}
