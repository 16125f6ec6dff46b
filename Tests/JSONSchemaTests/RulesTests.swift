import JSON
import JSONSchema
import Testing

@Suite struct RulesTests {
  @Test(arguments: [
    ("19.99", "0.01", true), ("0.29", "0.01", true), ("1.255", "0.01", false), ("7", "3.5", true),
    ("1e400", "1", true), ("1e-39", "1e-38", false), ("123456789012345678901234567891", "7", false),
    ("0", "0.3", true), ("-4.5", "1.5", true), ("10", "4", false), ("1e3", "8", true),
    ("0.5", "1000", false),
  ])
  func multiplesAreExact(value: String, step: String, isMultiple: Bool) throws {
    let value = try #require(JSONNumber(value)).decimal
    let step = try #require(JSONNumber(step)).decimal
    #expect(value.isMultiple(of: step) == isMultiple)
  }

  @Test(arguments: [
    ("[A-Z]{2}", "xxABxx", true), ("^[0-9]{2}$", "12\n", false), (#"^\d{2}$"#, "١٢", false),
    ("^.$", "😀", true), ("^.$", "\u{2028}", false), (#"^\s$"#, "\u{FEFF}", true),
    (#"^\u0041$"#, "A", true), ("(?=a)a", "a", true), ("[]", "a", false), (#"^\a$"#, "a", true),
  ])
  func patternsMeanWhatECMASays(pattern: String, text: String, matches: Bool) throws {
    #expect(try Pattern(pattern).matches(text) == (matches ? .yes : .no))
  }

  @Test(arguments: ["(?i)a", "a++", #"\Aa"#, #"a\Z"#, "[A-Z{2}", "a)", #"a\"#])
  func whatECMALacksIsRefused(pattern: String) {
    #expect(throws: Pattern.Problem.self) { try Pattern(pattern) }
  }

  @Test func aSearchThatRunsAwayIsUndecided() throws {
    let pattern = try Pattern("^(a+)+$")
    #expect(pattern.matches(String(repeating: "a", count: 60) + "b") == .undecided)
    #expect(pattern.undecided == 1)
  }

  @Test(arguments: [
    (Format.dateTime, "2024-01-31T14:22:35Z", true), (.dateTime, "2024-02-30T00:00:00Z", false),
    (.dateTime, "2024-01-31 14:22:35Z", false), (.dateTime, "1998-12-31T23:59:60Z", true),
    (.dateTime, "1998-12-31T22:59:60Z", false), (.date, "2023-02-29", false),
    (.email, "a.b@example.org", true), (.email, "a..b@example.org", false), (.email, "a@", false),
    (.ipv4, "127.0.0.1", true), (.ipv4, "127.0.0.01", false), (.ipv6, "::1", true),
    (.ipv6, "1::2::3", false), (.ipv6, "::ffff:1.2.3.4", true),
    (.uuid, "0192f5a0-0000-7000-8000-000000000001", true), (.uuid, "xyz", false),
    (.uri, "https://example.org/a?b#c", true), (.uri, "example.org", false),
    (.hostname, "a-b.example", true), (.hostname, "-a.example", false), (.byte, "YQ==", true),
    (.byte, "YQ=", false),
  ])
  func formats(format: Format, text: String, isAccepted: Bool) {
    #expect(format.accepts(text.utf8.span) == isAccepted)
  }

  @Test func messagesNameExpectationAndValue() throws {
    var rules = TextRules()
    rules.maxLength = 1
    var findings: [Finding] = []
    rules.check("e\u{301}", "/a", &findings)
    #expect(
      findings.map(\.message) == ["maxLength: is \"e\u{301}\", expected at most 1 characters"]
    )
    #expect(Finding.excerpt(.string(String(repeating: "x", count: 200))).count == 80)
  }

  @Test func pointersAreTakenApartByBytes() {
    #expect(Pointer.steps("/a~1b/~01//\u{301}x") == ["a/b", "~1", "", "\u{301}x"])
    #expect(Pointer.steps("") == [])
    #expect(Pointer.steps(Pointer.append("/a", "~/\u{301}")) == ["a", "~/\u{301}"])
  }
}
