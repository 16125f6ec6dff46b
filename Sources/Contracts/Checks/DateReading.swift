/// What has been read of a date so far.
struct DateReading {
  private static let words: [DatePattern.Word: [String]] = [
    .month: [
      "January", "February", "March", "April", "May", "June", "July", "August", "September",
      "October", "November", "December",
    ],
    .weekday: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    .halfDay: ["AM", "PM"],
    .quarter: ["1st quarter", "2nd quarter", "3rd quarter", "4th quarter"],
    .era: ["Before Christ", "Anno Domini"],
  ]
  /// The short forms, by their bytes.
  private static let shortWords: [DatePattern.Word: [[UInt8]]] = words.mapValues {
    $0.map { Array($0.utf8.prefix(3)) }
  }.merging(
    [
      .halfDay: [[0x41, 0x4D], [0x50, 0x4D]], .era: [[0x42, 0x43], [0x41, 0x44]],
      .quarter: [0x31, 0x32, 0x33, 0x34].map { [0x51, $0] },
    ]
  ) { $1 }
  private static let longWords: [DatePattern.Word: [[UInt8]]] = words.mapValues {
    $0.map { Array($0.utf8) }
  }

  private static let absent = Int.min
  private var values = InlineArray<16, Int>(repeating: absent)
  private var isAfternoon: Bool?
  private var weekday: Int?
  private var isAnnoDomini: Bool?
  /// Seconds east of UTC, where they are known.
  private(set) var offset: Int?

  subscript(_ field: DatePattern.Field) -> Int? {
    values[field.rawValue] == Self.absent ? nil : values[field.rawValue]
  }

  /// Takes a field's value up; false if the text has said otherwise before.
  private mutating func set(_ field: DatePattern.Field, _ value: Int) -> Bool {
    if let known = self[field] { return known == value }
    values[field.rawValue] = value
    return true
  }

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
      case .word(let word, let isLong):
        guard let end = read(word, isLong, text, place) else { return nil }
        place = end
      case .offset(let form):
        guard let end = readOffset(form, text, place) else { return nil }
        place = end
      case .zone(let takesNames):
        guard let end = readZone(takesNames, text, place) else { return nil }
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
    let isYear = field == .year || field == .yearOfEra || field == .weekYear
    var place = start
    var sign = 1
    var hasSign = false
    if isYear, !isFixed, place < text.count, text[place] == 0x2B || text[place] == 0x2D {
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
      let (next, isTooMuch) = value.multipliedReportingOverflow(by: 10)
      let (sum, isBeyond) = next.addingReportingOverflow(Int(byte - 0x30))
      if isTooMuch || isBeyond { return nil }
      value = sum
    }
    if isYear, !isFixed {
      // More digits than the pattern has letters need a sign, and a plus needs more digits.
      if width >= 4, limit > width, !hasSign { return nil }
      if hasSign, sign > 0, limit <= width { return nil }
      if hasSign, sign < 0, value == 0 { return nil }
      value *= sign
    }
    if isYear, isFixed, width == 2 { value += 2000 }
    if field == .fraction { for _ in 0..<(9 - width) { value *= 10 } }
    return set(field, value) ? place : nil
  }

  private mutating func read(
    _ word: DatePattern.Word,
    _ isLong: Bool,
    _ text: [UInt8],
    _ place: Int
  ) -> Int? {
    let words = (isLong ? Self.longWords : Self.shortWords)[word] ?? []
    guard let index = words.firstIndex(where: { text[place...].starts(with: $0) }) else {
      return nil
    }
    switch word {
    case .month: if !set(.month, index + 1) { return nil }
    case .quarter: if !set(.quarter, index + 1) { return nil }
    case .weekday: weekday = index
    case .halfDay: isAfternoon = index == 1
    case .era: isAnnoDomini = index == 1
    }
    return place + words[index].count
  }

  private mutating func readOffset(
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

  private mutating func readZone(_ takesNames: Bool, _ text: [UInt8], _ start: Int) -> Int? {
    let name = text[start...].prefix { byte in
      (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 <= 9 || byte == 0x2F || byte == 0x5F
        || byte == 0x2B || byte == 0x2D || byte == 0x3A
    }
    guard !name.isEmpty else { return nil }
    let word = String(decoding: name, as: UTF8.self)
    if let zone = Zone(word) {
      if case .offset(let seconds) = zone { offset = seconds }
    } else {
      guard takesNames, Zone.abbreviations.contains(word) else { return nil }
    }
    return start + name.count
  }

  private static func two(_ text: [UInt8], _ place: Int) -> Int? {
    guard place + 1 < text.count, text[place] &- 0x30 <= 9, text[place + 1] &- 0x30 <= 9 else {
      return nil
    }
    return Int(text[place] - 0x30) * 10 + Int(text[place + 1] - 0x30)
  }

  // MARK: What words have told

  /// Whether the hour falls into the half of the day that is named, where one is.
  func isInHalf(_ hour: Int) -> Bool { isAfternoon.map { $0 == (hour >= 12) } ?? true }

  /// The hour of a half of the day, as an hour of the day; the first half, where none is named.
  func hour(ofHalf hour: Int) -> Int { hour + (isAfternoon == true ? 12 : 0) }

  /// Whether the day, counted from 1970-01-01, has the name that is given, where one is.
  func isNamed(_ days: Int) -> Bool { weekday.map { (days % 7 + 7 + 3) % 7 == $0 } ?? true }

  /// The proleptic year; nil if the text tells none, or contradicts itself.
  var year: Int? {
    guard let ofEra = self[.yearOfEra] else {
      guard let year = self[.year] else { return nil }
      return isAnnoDomini.map { $0 == (year > 0) } ?? true ? year : nil
    }
    guard ofEra >= 1 else { return nil }
    let year = isAnnoDomini == false ? 1 - ofEra : ofEra
    return self[.year] ?? year == year ? year : nil
  }
}
