internal import JSONSchema

/// What has been read of a date so far.
struct DateReading {
  private static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
  ]
  private static let weekdays = [
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
  ]

  private var fields: [DatePattern.Field: Int] = [:]
  private var isAfternoon: Bool?
  private var weekday: Int?
  private var offset: Int?

  /// Reads `elements` from `start` and returns where they end; nil if the text does not follow.
  mutating func read(_ elements: [DatePattern.Element], _ text: [UInt8], _ start: Int) -> Int? {
    var place = start
    for element in elements {
      switch element {
      case .literal(let bytes):
        guard text[place...].starts(with: bytes) else { return nil }
        place += bytes.count
      case .optional(let inner):
        var attempt = self
        if let end = attempt.read(inner, text, place) {
          self = attempt
          place = end
        }
      case .number(let field, let width, let isFixed, let reserved):
        guard let end = number(field, width, isFixed, reserved, text, place) else { return nil }
        place = end
      case .monthName(let isLong):
        guard let (index, end) = Self.name(Self.months, isLong, text, place) else { return nil }
        fields[.month] = index + 1
        place = end
      case .dayName(let isLong):
        guard let (index, end) = Self.name(Self.weekdays, isLong, text, place) else { return nil }
        weekday = index
        place = end
      case .halfDay:
        let word = text[place...].prefix(2)
        guard word.elementsEqual("AM".utf8) || word.elementsEqual("PM".utf8) else { return nil }
        isAfternoon = word.first == 0x50
        place += 2
      case .offset(let form):
        guard let end = offset(form, text, place) else { return nil }
        place = end
      }
    }
    return place
  }

  private mutating func number(
    _ field: DatePattern.Field,
    _ width: Int,
    _ isFixed: Bool,
    _ reserved: Int,
    _ text: [UInt8],
    _ start: Int
  ) -> Int? {
    var place = start
    var sign = 1
    var hasSign = false
    if field == .year, !isFixed, place < text.count, text[place] == 0x2B || text[place] == 0x2D {
      sign = text[place] == 0x2D ? -1 : 1
      hasSign = true
      place += 1
    }
    let first = place
    while place < text.count, text[place] &- 0x30 <= 9 { place += 1 }
    // A field of one letter takes up to 19 digits; only a year has a use for more than two.
    let limit = isFixed ? width : min(19, max(0, place - first - reserved))
    guard place - first >= limit, limit >= width || !isFixed, limit >= min(width, 19) else {
      return nil
    }
    place = first + limit
    var value = 0
    for byte in text[first..<place] {
      let (next, overflow) = value.multipliedReportingOverflow(by: 10)
      if overflow { return nil }
      value = next + Int(byte - 0x30)
    }
    if field == .year, !isFixed {
      // More digits than the pattern has letters need a sign, and a plus needs more digits.
      if width >= 4, limit > width, !hasSign { return nil }
      if hasSign, sign > 0, limit <= width { return nil }
      if hasSign, sign < 0, value == 0 { return nil }
      value *= sign
    }
    if field == .year, isFixed, width == 2 { value += 2000 }
    if field == .fraction { for _ in 0..<(9 - width) { value *= 10 } }
    if let known = fields[field], known != value { return nil }
    fields[field] = value
    return place
  }

  private static func name(
    _ names: [String],
    _ isLong: Bool,
    _ text: [UInt8],
    _ place: Int
  ) -> (Int, Int)? {
    for (index, name) in names.enumerated() {
      let name = isLong ? Array(name.utf8) : Array(name.utf8.prefix(3))
      if text[place...].starts(with: name) { return (index, place + name.count) }
    }
    return nil
  }

  private mutating func offset(
    _ form: DatePattern.Offset,
    _ text: [UInt8],
    _ start: Int
  ) -> Int? {
    guard start < text.count else { return nil }
    if text[start] == 0x5A {
      guard form.acceptsZ || form.isLoose else { return nil }
      offset = 0
      return start + 1
    }
    guard text[start] == 0x2B || text[start] == 0x2D, let hours = Self.two(text, start + 1) else {
      return nil
    }
    var place = start + 3
    var minutes = 0
    let hasColon = place < text.count && text[place] == 0x3A
    if form.isLoose || hasColon == form.hasColon,
      let found = Self.two(text, place + (hasColon ? 1 : 0))
    {
      minutes = found
      place += hasColon ? 3 : 2
    } else if form.minutes == .always, !form.isLoose {
      return nil
    }
    guard minutes <= 59, hours * 60 + minutes <= 18 * 60 else { return nil }
    offset = (text[start] == 0x2D ? -1 : 1) * (hours * 3600 + minutes * 60)
    return place
  }

  private static func two(_ text: [UInt8], _ place: Int) -> Int? {
    guard place + 1 < text.count, text[place] &- 0x30 <= 9, text[place + 1] &- 0x30 <= 9 else {
      return nil
    }
    return Int(text[place] - 0x30) * 10 + Int(text[place + 1] - 0x30)
  }

  /// The instant that the fields name; nil for a day or a time that does not exist.
  var instant: Calendar.Instant? {
    var days = 0
    if let year = fields[.year], let month = fields[.month], let day = fields[.day] {
      guard abs(year) <= 999_999_999, (1...12).contains(month), day >= 1,
        day <= Calendar.length(ofMonth: month, year)
      else { return nil }
      days = Calendar.days(year, month, day)
      if let weekday, (days % 7 + 7 + 3) % 7 != weekday { return nil }
    }
    var hour = fields[.hour] ?? 0
    if let half = fields[.hour12] {
      guard (1...12).contains(half), let isAfternoon else { return nil }
      hour = half % 12 + (isAfternoon ? 12 : 0)
    }
    let minute = fields[.minute] ?? 0
    let second = fields[.second] ?? 0
    guard hour <= 23, minute <= 59, second <= 59 else { return nil }
    let nanoseconds =
      (hour * 3600 + minute * 60 + second) * 1_000_000_000 + (fields[.fraction] ?? 0)
    return Calendar.Instant(days: days, nanoseconds: nanoseconds, offset: offset)
  }
}
