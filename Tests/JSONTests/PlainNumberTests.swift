import JSON
import Testing

@Suite struct PlainNumberTests {
  /// Reads the number at the beginning of `text`, behind which `room` more bytes follow.
  static func read(_ text: String, room: Int = 17) -> (
    mantissa: Int64, digits: Int, fraction: Int, length: Int
  )? {
    let bytes = Array(text.utf8) + [UInt8](repeating: 0x7D, count: room)
    return unsafe bytes.withUnsafeBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return nil }
      guard let number = unsafe PlainNumber(start, start + buffer.count) else { return nil }
      return unsafe (number.mantissa, number.digits, number.fraction, number.end - start)
    }
  }

  @Test func readsWholeNumbersOfOneToFifteenDigits() {
    for digits in 1...15 {
      let text = String("123456789012345".prefix(digits))
      let number = Self.read(text)
      #expect(number?.mantissa == Int64(text))
      #expect(number?.digits == digits)
      #expect(number?.fraction == 0)
      #expect(number?.length == digits)
    }
    #expect(Self.read("0")?.mantissa == 0)
    #expect(Self.read("99999999")?.mantissa == 99_999_999)
    #expect(Self.read("100000000")?.mantissa == 100_000_000)
  }

  @Test func takesThePointOutWhereverItStands() {
    let all = "987654321012345"
    for whole in 1...7 {
      for fraction in 1...15 - whole {
        let digits = String(all.prefix(whole + fraction))
        let text = "\(digits.prefix(whole)).\(digits.dropFirst(whole))"
        let number = Self.read(text)
        #expect(number?.mantissa == Int64(digits), "\(text)")
        #expect(number?.digits == whole + fraction, "\(text)")
        #expect(number?.fraction == fraction, "\(text)")
        #expect(number?.length == text.utf8.count, "\(text)")
      }
    }
    #expect(Self.read("0.04")?.mantissa == 4)
    #expect(Self.read("0.00000001")?.fraction == 8)
  }

  @Test func leavesAllElseToOthers() {
    for text in [
      "", "-1", "+1", ".5", "5.", "5.}", "a", "01", "00", "01.5", "1e5", "1E5", "1.5e3",
      "12345678e1",
      "1.2345678e1", "1.23456789E1", "1234567890123456", "12345678.5", "123456789.5",
      "1.234567890123456",
      "1234567.123456789",
    ] {
      #expect(Self.read(text) == nil, "\(text)")
    }
  }

  @Test func stopsAtWhateverFollows() {
    for follower in [",", "}", "]", " ", ":", "/", "x", "\u{0}", "é"] {
      #expect(Self.read("12\(follower)34567890123")?.length == 2)
      #expect(Self.read("1.25\(follower)4567890123")?.length == 4)
      #expect(Self.read("123456789\(follower)12345678")?.length == 9)
    }
    // What follows a number that has a point already is its reader's to refuse.
    #expect(Self.read("1.2.3")?.length == 3)
  }

  @Test func readsNothingNearTheEnd() {
    #expect(Self.read("1", room: 15) == nil)
    #expect(Self.read("1", room: 16)?.mantissa == 1)
    #expect(Self.read("123456789012345", room: 2)?.digits == 15)
  }
}
