/// Turns the letters of a date pattern into elements.
struct DatePatternCompiler {
  private var rest: Substring
  private(set) var tolerated: String?
  private let source: String
  /// Whether years are counted within an era.
  private var hasEra = false

  init(_ source: String) {
    self.source = source
    rest = source[...]
    var text = source
    // The standard's own examples write years and days with week-year and day-of-year letters.
    for (wrong, right) in [
      ("YYYY-MM", "uuuu-MM"), ("MM-DD", "MM-dd"), ("YYYYMM", "uuuuMM"), ("MMDD", "MMdd"),
    ] {
      guard let found = Self.find(wrong, in: text) else { continue }
      text.replaceSubrange(found, with: right)
      tolerated = "YYYY and DD are read as year and day of month: write yyyy and dd"
    }
    hasEra = Self.hasEra(text)
    rest = text[...]
  }

  /// Whether the letter G stands outside quotes.
  private static func hasEra(_ text: String) -> Bool {
    text.split(separator: "'", omittingEmptySubsequences: false).enumerated().contains {
      $0.offset % 2 == 0 && $0.element.contains("G")
    }
  }

  private static func find(_ needle: String, in text: String) -> Range<String.Index>? {
    var start = text.startIndex
    while start < text.endIndex {
      if text[start...].hasPrefix(needle) {
        return start..<text.index(start, offsetBy: needle.count)
      }
      start = text.index(after: start)
    }
    return nil
  }

  mutating func compile() throws(DatePattern.Problem) -> [DatePattern.Element] {
    var elements = try sequence(isOptional: false)
    // A Z after an unquoted T is what the standard's examples show: any offset.
    if tolerated?.contains("unquoted T") == true, case .offset(var offset)? = elements.last {
      offset.isLoose = true
      elements[elements.count - 1] = .offset(offset)
    }
    return elements
  }

  private mutating func sequence(
    isOptional: Bool
  ) throws(DatePattern.Problem) -> [DatePattern.Element] {
    var elements: [DatePattern.Element] = []
    while let letter = rest.first {
      switch letter {
      case "[":
        rest.removeFirst()
        elements.append(.optional(try sequence(isOptional: true)))
      case "]":
        guard isOptional else { throw DatePattern.Problem(reason: "a ] without its [") }
        rest.removeFirst()
        return Self.reserving(elements)
      case "'": elements.append(.literal(Array(try quoted().utf8)))
      case "T":
        rest.removeFirst()
        elements.append(.literal([0x54]))
        tolerated = tolerated ?? "an unquoted T is read as the letter itself: write 'T'"
      case "a"..."z", "A"..."Z":
        let run = rest.prefix { $0 == letter }
        rest = rest.dropFirst(run.count)
        elements.append(try field(letter, run.count))
      case "{", "}", "#": throw DatePattern.Problem(reason: "the character \(letter) is reserved")
      default:
        rest.removeFirst()
        elements.append(.literal(Array(String(letter).utf8)))
      }
    }
    if isOptional { throw DatePattern.Problem(reason: "a [ without its ]") }
    return Self.reserving(elements)
  }

  private mutating func quoted() throws(DatePattern.Problem) -> String {
    var text = ""
    rest.removeFirst()
    if rest.first == "'" {
      rest.removeFirst()
      return "'"
    }
    while let character = rest.popFirst() {
      if character != "'" {
        text.append(character)
      } else if rest.first == "'" {
        rest.removeFirst()
        text.append("'")
      } else {
        return text
      }
    }
    throw DatePattern.Problem(reason: "a quote that is not closed")
  }

  private mutating func field(
    _ letter: Character,
    _ count: Int
  ) throws(DatePattern.Problem) -> DatePattern.Element {
    func number(_ field: DatePattern.Field) -> DatePattern.Element {
      .number(field, width: count, isFixed: count > 1, reserved: 0)
    }
    let year = letter == "y" && hasEra ? DatePattern.Field.yearOfEra : .year
    switch (letter, count) {
    case ("y", 2), ("u", 2): return .number(year, width: 2, isFixed: true, reserved: 0)
    case ("y", 1), ("u", 1), ("y", 3...9), ("u", 3...9):
      return .number(year, width: count, isFixed: false, reserved: 0)
    case ("Y", 2): return number(.weekYear)
    case ("Y", 1), ("Y", 3...9):
      return .number(.weekYear, width: count, isFixed: false, reserved: 0)
    case ("M", 1...2), ("L", 1...2): return number(.month)
    case ("M", 3...4), ("L", 3...4): return .word(.month, isLong: count == 4)
    case ("Q", 1...2), ("q", 1...2): return number(.quarter)
    case ("Q", 3...4), ("q", 3...4): return .word(.quarter, isLong: count == 4)
    case ("G", 1...4): return .word(.era, isLong: count == 4)
    case ("d", 1...2): return number(.day)
    case ("D", 1), ("D", 3): return number(.dayOfYear)
    case ("w", 1...2): return number(.week)
    case ("H", 1...2): return number(.hour)
    case ("k", 1...2): return number(.clockHour)
    case ("h", 1...2): return number(.hour12)
    case ("K", 1...2): return number(.hourOfHalf)
    case ("m", 1...2): return number(.minute)
    case ("s", 1...2): return number(.second)
    case ("S", 1...9): return .number(.fraction, width: count, isFixed: true, reserved: 0)
    case ("a", 1): return .word(.halfDay, isLong: false)
    case ("E", 1...3): return .word(.weekday, isLong: false)
    case ("E", 4): return .word(.weekday, isLong: true)
    case ("e", 1...2): return number(.dayOfWeek)
    case ("e", 3...4): return .word(.weekday, isLong: count == 4)
    case ("V", 2): return .zone(takesNames: false)
    case ("z", 1...3): return .zone(takesNames: true)
    case ("X", 1), ("x", 1):
      return .offset(.init(acceptsZ: letter == "X", minutes: .optional, hasColon: false))
    case ("X", 2), ("x", 2), ("X", 4), ("x", 4):
      return .offset(.init(acceptsZ: letter == "X", minutes: .always, hasColon: false))
    case ("X", 3), ("x", 3), ("X", 5), ("x", 5):
      return .offset(.init(acceptsZ: letter == "X", minutes: .always, hasColon: true))
    case ("Z", 1...3): return .offset(.init(acceptsZ: false, minutes: .always, hasColon: false))
    case ("Z", 5): return .offset(.init(acceptsZ: true, minutes: .always, hasColon: true))
    default:
      throw DatePattern.Problem(
        reason: "the letters \(String(repeating: letter, count: count)) are not evaluated"
      )
    }
  }

  /// Tells each open-ended number how many digits the fixed ones right after it need.
  private static func reserving(_ elements: [DatePattern.Element]) -> [DatePattern.Element] {
    var result = elements
    for index in elements.indices {
      guard case .number(let field, let width, false, _) = elements[index] else { continue }
      var reserved = 0
      for next in elements[(index + 1)...] {
        guard case .number(_, let width, true, _) = next else { break }
        reserved += width
      }
      result[index] = .number(field, width: width, isFixed: false, reserved: reserved)
    }
    return result
  }
}
