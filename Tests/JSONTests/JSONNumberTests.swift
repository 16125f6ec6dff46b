import JSON
import Testing

@Suite struct JSONNumberTests {
  static func number(_ text: String) throws -> JSONNumber { try #require(JSONNumber(text)) }

  @Test func equalityIsExact() throws {
    #expect(try Self.number("1.0") == Self.number("1e0"))
    #expect(try Self.number("100") == Self.number("1E+2"))
    #expect(try Self.number("-0.0") == Self.number("0"))
    #expect(try Self.number("0.1") != Self.number("0.1000000000000000055511151231257827"))
    #expect(try Self.number("9007199254740993") != Self.number("9007199254740992"))
  }

  @Test func orderIsExact() throws {
    let ordered = [
      "-1e400", "-12", "-9.5", "-9.49", "-1e-400", "0", "1e-400", "0.1", "0.10000000000000001", "1",
      "9", "10", "10.5", "1e19", "10000000000000000001", "1e400",
    ]
    for left in ordered.indices {
      for right in ordered.indices {
        #expect(try (Self.number(ordered[left]) < Self.number(ordered[right])) == (left < right))
      }
    }
  }

  @Test func wholeNumbersAreRecognised() throws {
    #expect(try Self.number("1e3").int64 == 1000)
    #expect(try Self.number("1.0").int64 == 1)
    #expect(try Self.number("1.5").int64 == nil)
    #expect(try Self.number("-9223372036854775808").int64 == .min)
    #expect(try Self.number("-9223372036854775808.0").int64 == .min)
    #expect(try Self.number("9223372036854775808.0").int64 == nil)
    #expect(try Self.number("92233720368547758.07e2").int64 == .max)
    #expect(try Self.number("1e999999999999999999999").int64 == nil)
    #expect(try Self.number("1.20").isInteger == false)
    #expect(try Self.number("0e5").isInteger)
  }

  @Test func decimalsCountTheirDigits() throws {
    let decimal = try Self.number("-12.3400").decimal
    #expect(decimal.digits == [1, 2, 3, 4])
    #expect(decimal.isNegative)
    #expect(decimal.scale == 2)
    #expect(decimal.precision == 4)
    #expect(try Self.number("0.001").decimal.precision == 3)
    #expect(try Self.number("1e5").decimal.precision == 6)
  }

  @Test func refusesWhatIsNoNumber() {
    for text in ["", "01", "+1", "1.", ".5", "NaN", "Infinity", "0x10", " 1", "1 ", "\"1\""] {
      #expect(JSONNumber(text) == nil, "\(text)")
    }
    #expect(JSONNumber(Double.infinity) == nil)
    #expect(JSONNumber(2.0)?.text == "2")
    #expect(JSONNumber(0.1)?.text == "0.1")
  }
}
