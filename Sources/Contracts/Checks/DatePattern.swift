package import JSONSchema

/// A pattern of the JDK's DateTimeFormatter, as far as dates in data need it.
///
/// Read calendar-strictly: 2024-02-30 is no date and 24:00 no time. `y` is the proleptic year, but
/// beside an era. Of a pattern whose letters make no whole date (`yyyy-MM`, `QQQ yyyy`) the form is
/// read and the range of each field, as the JDK leaves such unresolved.
package struct DatePattern: Sendable, Hashable {
  enum Field: Int, Sendable, Hashable, CaseIterable {
    case year, yearOfEra, month, day, dayOfYear, quarter, weekYear, week, dayOfWeek
    case hour, hour12, clockHour, hourOfHalf, minute, second, fraction
  }

  enum Element: Sendable, Hashable {
    case literal([UInt8])
    /// Digits, `fixed` in number or at least `width`; the sum of the fixed ones that follow at once.
    case number(Field, width: Int, isFixed: Bool, reserved: Int)
    /// One of several words, and the field that its place among them is.
    case word(Word, isLong: Bool)
    case offset(Offset)
    /// The id of a zone, or with `takesNames` an abbreviation too.
    case zone(takesNames: Bool)
    case optional([Element])
  }

  /// What words stand for.
  enum Word: Sendable, Hashable {
    case month, weekday, halfDay, quarter, era
  }

  /// The forms that an offset may have.
  struct Offset: Sendable, Hashable {
    var acceptsZ: Bool
    /// Whether the minutes follow: never, if wished, always.
    var minutes: Minutes
    var hasColon: Bool
    /// Any of the forms, for a pattern that the JDK itself would refuse.
    var isLoose = false

    enum Minutes: Sendable { case optional, always }
  }

  /// Why a pattern is not read.
  package struct Problem: Error, Hashable, Sendable {
    package let reason: String
  }

  package let source: String
  let elements: [Element]
  /// What was read differently from the letter, for a warning.
  package let tolerated: String?
  /// What the values are compared by; nil where they have no order that the pattern tells.
  package let order: Order?

  /// Whether a text may name its zone, whose offset is then mostly not known.
  package let namesZone: Bool

  /// How much of a time texts of a pattern name.
  package enum Order: Sendable, Hashable {
    /// Days, times of day, or both.
    case whole
    /// Years, quarters or months, which come one after the other.
    case period
  }

  /// Whether texts of the pattern are ISO days of ten characters.
  package var isISODay: Bool {
    elements == [
      .number(.year, width: 4, isFixed: false, reserved: 0), .literal([0x2D]),
      .number(.month, width: 2, isFixed: true, reserved: 0), .literal([0x2D]),
      .number(.day, width: 2, isFixed: true, reserved: 0),
    ]
  }

  package init(_ source: String) throws(Problem) {
    var compiler = DatePatternCompiler(source)
    elements = try compiler.compile()
    self.source = source
    var fields: Set<Field> = []
    var words: Set<Word> = []
    Self.collect(elements, &fields, &words)
    guard !fields.isEmpty || !words.isEmpty else {
      throw Problem(reason: "the pattern names no part of a date or a time")
    }
    namesZone = Self.namesZone(elements)
    (order, tolerated) = Self.reading(fields, words, compiler.tolerated)
  }

  /// What order the values have, and what is worth a warning.
  private static func reading(
    _ fields: Set<Field>,
    _ words: Set<Word>,
    _ tolerated: String?
  ) -> (Order?, String?) {
    var fields = fields
    if words.contains(.month) { fields.insert(.month) }
    if words.contains(.quarter) { fields.insert(.quarter) }
    let hasYear =
      fields.contains(.year) || (fields.contains(.yearOfEra) && words.contains(.era))
    let ofDay: Set<Field> = [.hour, .hour12, .clockHour, .hourOfHalf, .minute, .second, .fraction]
    let halves: Set<Field> = [.hour12, .hourOfHalf]
    if !fields.isDisjoint(with: halves), fields.isDisjoint(with: [.hour, .clockHour]),
      !words.contains(.halfDay)
    {
      return (nil, tolerated ?? "hh without a does not tell morning from evening: write HH")
    }
    let hasHour = !fields.isDisjoint(with: [.hour, .clockHour, .hour12, .hourOfHalf])
    let hasDay =
      hasYear && (fields.isSuperset(of: [.month, .day]) || fields.contains(.dayOfYear))
    let dateFields = fields.subtracting(ofDay)
    if hasDay, hasHour || fields.isDisjoint(with: ofDay) { return (.whole, tolerated) }
    if dateFields.isEmpty, words.isSubset(of: [.halfDay]), hasHour { return (.whole, tolerated) }
    if !fields.contains(.month), fields.contains(.minute), fields.contains(.day) {
      return (nil, tolerated ?? "mm is the minute: write MM for the month")
    }
    if hasYear, fields.isDisjoint(with: ofDay),
      dateFields.isSubset(of: [.year, .yearOfEra, .month, .quarter])
    {
      return (.period, tolerated)
    }
    let message = "it names no whole day: its form and the range of each field are checked, no more"
    return (nil, tolerated ?? message)
  }

  private static func namesZone(_ elements: [Element]) -> Bool {
    elements.contains { element in
      switch element {
      case .zone: true
      case .optional(let inner): namesZone(inner)
      default: false
      }
    }
  }

  private static func collect(
    _ elements: [Element],
    _ fields: inout Set<Field>,
    _ words: inout Set<Word>
  ) {
    for element in elements {
      switch element {
      case .number(let field, _, _, _): fields.insert(field)
      case .word(let word, _): words.insert(word)
      case .optional(let inner): collect(inner, &fields, &words)
      case .literal, .offset, .zone: break
      }
    }
  }

  /// The instant that `text` stands for; nil if the text does not follow the pattern, or no such
  /// day or time exists.
  package func parse(_ text: Span<UInt8>) -> Calendar.Instant? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count)
    for index in text.indices { bytes.append(text[index]) }
    var reading = DateReading()
    guard let end = reading.read(elements, bytes, 0), end == bytes.count else { return nil }
    return reading.instant
  }
}
