import JSON
import JSONSchema
import Testing

/// What the fast check says of texts and numbers, against what the exact rules say.
@Suite struct FastTextTests {
  private func isSure(_ shape: FastShape, _ value: String) -> Bool {
    var record = FastShape(.object)
    record.properties = [("a", shape, true)]
    var fast = FastCheck(record, refusesDuplicates: true)
    let bytes = Array("{\"a\":\(value)}                \n".utf8)
    // SAFETY: the bytes are lent for the call.
    return unsafe bytes.withUnsafeBufferPointer { bytes in
      guard let start = bytes.baseAddress else { return false }
      return unsafe fast.record(start, start + bytes.count) != nil
    }
  }

  private func text(_ make: (inout TextRules) throws -> Void) rethrows -> FastShape {
    var rules = TextRules()
    try make(&rules)
    var shape = FastShape(.string)
    shape.text = rules.shape
    return shape
  }

  private static let texts = [
    "", "A", "AB", "ABC", "a-b", "a.b/c_d", "/", "a/", "x9", "-", "]", "^", "a]", "12", "1234",
    "12a",
    "ab12", "aab", "b", "é", "AÉ", "a b", "a-", "..", "0x1f",
  ]

  @Test(arguments: [
    "^[A-Z0-9]{2}$", #"^[\w.-]+/[\w.-]+$"#, "^$", "^a*b$", #"^\d{2,4}$"#, "^[^a-z]+$",
    "^a?b{1,}$",
    #"^[\]\^-]+$"#, "^0x[0-9a-f]+$", #"^\w+$"#, "^[a-]+$", #"^\.\.$"#,
  ])
  func aPatternOfClassesIsSureOfWhatMatches(source: String) throws {
    #expect(BytePattern(source) != nil)
    let pattern = try Pattern(source)
    let shape = text { $0.pattern = pattern }
    for text in Self.texts {
      let isPlain = text.utf8.allSatisfy { $0 < 128 }
      let isMatch = pattern.matches(text) == .yes
      #expect(isSure(shape, "\"\(text)\"") == (isMatch && isPlain), "\(source) on \(text)")
    }
  }

  @Test(arguments: [
    "a", "^a", "a$", "^a|b$", "^(a)$", "^a.$", "^a+a$", "^a*[a-c]$", #"^a\$"#, #"^\s$"#, "^a{2}?$",
    "^a++$", "^[[:alpha:]]$", #"^[\d-z]$"#, "^é$", #"^\bA$"#, "^a{,2}$", "^[]$", "^a?b?a$",
  ])
  func otherPatternsAreLeftToTheEngine(source: String) { #expect(BytePattern(source) == nil) }

  @Test(arguments: [
    ("2013-01-31T05:00:00Z", true), ("2013-02-29T05:00:00Z", false), ("2012-02-29T23:59:59Z", true),
    ("2013-01-31T24:00:00Z", false), ("2013-01-31T05:60:00Z", false),
    ("2013-01-31 05:00:00Z", false),
    ("2013-01-31T05:00:00.5+02:00", true), ("2013-01-31T05:00:00", false),
    ("2013-13-31T05:00:00Z", false), ("2013-01-31T05:00:6xZ", false),
  ])
  func momentsAreThoseOfTheFormat(value: String, isMoment: Bool) {
    #expect(Format.dateTime.accepts(value.utf8.span) == isMoment)
    #expect(isSure(text { $0.format = .dateTime }, "\"\(value)\"") == isMoment)
  }

  @Test(arguments: [
    ("a.b@example.com", true), ("a@b", true), ("a_b+c@x-y.z", true), ("a..b@c.d", false),
    (".a@b.c", false), ("a.@b.c", false), ("a@b..c", false), ("a@b.-c", false), ("a@b-.c", false),
    ("a@b@c", false), ("@b", false), ("a@", false), ("a@b_c", false), ("a@b+c.d", false),
    ("a@xn--a.b", false), ("a@ab--c.d", false), ("a b@c.d", false), ("a@b.c-", false),
    ("a@\(String(repeating: "b", count: 63)).c", true),
    ("a@\(String(repeating: "b", count: 64)).c", false), ("-a-@b.c", true), ("a__b@c.d", true),
  ])
  func addressesAreJudgedAlikeWhateverTheyLookLike(value: String, isAddress: Bool) {
    #expect(Format.email.accepts(value.utf8.span) == isAddress)
    #expect(isSure(text { $0.format = .email }, "\"\(value)\"") == isAddress)
  }

  @Test func wholeNumbersOfAnyLengthAreComparedExactly() {
    for digits in 1...18 {
      let most = String(repeating: "9", count: digits)
      var rules = NumberRules()
      rules.maximum = JSONNumber(most)
      rules.minimum = JSONNumber("-\(most)")
      let shape = FastShape(.integer, number: rules)
      // Longer ones are left to the exact check.
      for value in [most, "-\(most)", "0", "-1"] {
        #expect(isSure(shape, value) || digits > 15, "\(value)")
      }
      for value in ["1\(most)", "-1\(most)", "0\(most)", "-", "\(most)e1", "1.5", "+1", ""] {
        #expect(!isSure(shape, value), "\(value) below \(most)")
      }
    }
  }

  @Test(arguments: [
    ("500000000000000", "", "900000000000000"), ("", "1000000000000000", "950000000000000"),
    ("1000000000000", "0.000001", "2000000000000"), ("5000000000", "0.000000001", "9999999999"),
    ("163341450444126", "", "163341450444127"), ("4.5", "", "5"), ("", "4.5", "4"),
    ("-4.5", "", "-4"), ("1000", "-9223372036854.775808", "-99999999999000"),
  ])
  func wholeNumbersBeyondBoundsOfAnyLengthAreNotSure(most: String, least: String, value: String) {
    var rules = NumberRules()
    rules.maximum = JSONNumber(most)
    rules.minimum = JSONNumber(least)
    #expect(!isSure(FastShape(.integer, number: rules), value))
    let bound = most.isEmpty ? least : most
    rules = NumberRules()
    rules.exclusiveMaximum = JSONNumber(most)
    rules.exclusiveMinimum = most.isEmpty ? JSONNumber(least) : nil
    #expect(!isSure(FastShape(.integer, number: rules), bound), "the bound itself")
  }

  @Test func aLengthThatNoTextHasIsNotSure() {
    var shape = FastShape(.string)
    shape.minLength = 4_611_686_018_427_387_904
    for value in ["\"é\"", "\"\\u00e9\"", "\"a\""] { #expect(!isSure(shape, value)) }
  }

  @Test(arguments: ["{\"b\":1,\n\"c\":2}", "{\"b\":\n1}", "[1,\n2]", "{\n}", "1\n", "\"x\"\n"])
  func nothingOnTwoLinesIsARecord(value: String) { #expect(!isSure(FastShape(.all), value)) }
}
