package import JSONSchema

/// A pattern of the JDK's DateTimeFormatter, as far as dates in data need it.
///
/// Read calendar-strictly: 2024-02-30 is no date and 24:00 no time. `y` is the proleptic year.
package struct DatePattern: Sendable, Hashable {
  enum Field: Sendable, Hashable {
    case year, month, day, hour, hour12, minute, second, fraction
  }

  enum Element: Sendable, Hashable {
    case literal([UInt8])
    /// Digits, `fixed` in number or at least `width`; the sum of the fixed ones that follow at once.
    case number(Field, width: Int, isFixed: Bool, reserved: Int)
    case monthName(isLong: Bool)
    case halfDay
    case dayName(isLong: Bool)
    case offset(Offset)
    case optional([Element])
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
  package let hasDate: Bool
  package let hasTime: Bool
  package let hasOffset: Bool

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
    tolerated = compiler.tolerated
    var fields: Set<Field> = []
    var hasOffset = false
    Self.collect(elements, &fields, &hasOffset)
    self.hasOffset = hasOffset
    hasDate = fields.isSuperset(of: [.year, .month, .day])
    hasTime = fields.contains(.hour) || fields.contains(.hour12)
    guard hasDate || (hasTime && fields.isDisjoint(with: [.year, .month, .day])) else {
      throw Problem(reason: "the pattern names neither a whole date nor a time of day")
    }
    guard !fields.contains(.hour12) || compiler.hasHalfDay else {
      throw Problem(reason: "hh without a does not tell morning from evening")
    }
  }

  private static func collect(
    _ elements: [Element],
    _ fields: inout Set<Field>,
    _ hasOffset: inout Bool
  ) {
    for element in elements {
      switch element {
      case .number(let field, _, _, _): fields.insert(field)
      case .monthName: fields.insert(.month)
      case .offset: hasOffset = true
      case .optional(let inner): collect(inner, &fields, &hasOffset)
      case .literal, .halfDay, .dayName: break
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
