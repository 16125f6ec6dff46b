import JSONSchema
import Testing

@Suite struct FormatTests {
  @Test(arguments: [
    (Format.duration, "P1Y2M3DT4H5M6S", true), (.duration, "PT36H", true), (.duration, "P3W", true),
    (.duration, "P1YT1S", true), (.duration, "P1M", true), (.duration, "PT1M", true),
    (.duration, "P", false), (.duration, "PT", false), (.duration, "P1DT", false),
    (.duration, "P1Y1D", false), (.duration, "PT1H1S", false), (.duration, "P1W1D", false),
    (.duration, "PT0.5S", false), (.duration, "P1", false), (.duration, "-P1D", false),
    (.duration, "P1H", false), (.duration, "P1D ", false),
  ])
  func durations(format: Format, text: String, isAccepted: Bool) {
    #expect(format.accepts(text.utf8.span) == isAccepted)
  }

  @Test(arguments: [
    (Format.internationalHostname, "bücher.example", true),
    (.internationalHostname, "Example", true), (.internationalHostname, "Bücher", false),
    // Not composed, where a composed character exists.
    (.internationalHostname, "bu\u{308}cher", false), (.internationalHostname, "a..b", false),
    (.internationalHostname, "實例。测试", true), (.internationalHostname, "☃.example", false),
    (.internationalHostname, "xn--bcher-kva", true), (.internationalHostname, "ﬁne", false),
    // Reads from right to left, but ends with a hyphen, or mixes with Latin.
    (.internationalHostname, "مثال", true), (.internationalHostname, "aمثال", false),
    (.internationalHostname, "مثالa", false), (.internationalHostname, "مثال1", true),
    (.internationalHostname, "1مثال", false), (.internationalHostname, "مثال.a1", true),
    // Beside such a label no other may begin with a digit.
    (.internationalHostname, "مثال.1a", false), (.internationalHostname, "xn--mgbh0fb.1a", false),
    // A joiner between letters that would join, and after one that does not.
    (.internationalHostname, "\u{628}\u{200C}\u{628}", true),
    (.internationalHostname, "\u{631}\u{200C}\u{628}", false),
    (.internationalHostname, "\u{628}\u{64E}\u{200C}\u{64E}\u{628}", true),
    (.internationalHostname, "\u{628}\u{200C}\u{200C}\u{628}", false),
    (.internationalHostname, String(repeating: "ü", count: 57), true),
    (.internationalHostname, String(repeating: "ü", count: 58), false),
    (.hostname, "xn--bcher-kva.example", true), (.hostname, "XN--BCHER-KVA", true),
    (.hostname, "xn--bcher-kv", false), (.hostname, "xn--", false), (.hostname, "xn--a", false),
    (.hostname, "xn--999999999", false), (.hostname, "bücher", false), (.hostname, "xa--b", false),
    // Decodes to a snowman, which no label has.
    (.hostname, "xn--n3h", false),
    (.internationalEmail, "用户@例子.广告", true), (.internationalEmail, "用户", false),
    (.internationalEmail, "a..b@例子.广告", false), (.internationalEmail, "a@☃", false),
    (.email, #""a b\"c"@d.e"#, true), (.email, #""a"b"@d.e"#, false), (.email, #""a\"@d.e"#, false),
    (.email, #""a\\"b"@d.e"#, false), (.email, #""a\\"@d.e"#, true), (.email, "user@例子.广告", false),
    (.email, "a@[IPv6:::1]", true), (.email, "a@[IPx6:::1]", false),
  ])
  func namesOfAnyScript(format: Format, text: String, isAccepted: Bool) {
    #expect(format.accepts(text.utf8.span) == isAccepted)
  }

  @Test(arguments: [
    (Format.iri, "http://ƒøø.ßår/?∂éœ=πîx#πîüx", true), (.iri, "/âππ", false),
    (.iriReference, "/âππ", true), (.iriReference, "#ƒrägm\\ênt", false),
    // For private use: in the query only.
    (.iri, "http://a/?\u{E000}", true), (.iri, "http://a/\u{E000}", false),
    (.iri, "http://a/\u{FFFE}", false), (.iri, "http://a/ ", false),
    (.uri, "http://a/é", false), (.uri, "http://[v1.a:b]/", true), (.uri, "http://[v1.]/", false),
    (.uri, "http://a@b@c/", false), (.uri, "http://a:b/", false), (.uri, "urn:a:b", true),
    (.uriReference, "1a:b", false), (.uriReference, "a/b:c", true), (.uriReference, "./1a:b", true),
    (.uriReference, "", true), (.uriReference, "?a:b", true), (.uri, "http://a/%2", false),
    (.uri, "http://a/[x]", false), (.uri, "http://a/#x#y", false),
  ])
  func references(format: Format, text: String, isAccepted: Bool) {
    #expect(format.accepts(text.utf8.span) == isAccepted)
  }

  @Test(arguments: [
    (Format.uriTemplate, "/orders/{id}{?page,size:4,tags*}", true), (.uriTemplate, "{+a.b}", true),
    (.uriTemplate, "{a", false), (.uriTemplate, "a}", false), (.uriTemplate, "{}", false),
    (.uriTemplate, "{a..b}", false), (.uriTemplate, "{a.}", false), (.uriTemplate, "{a:0}", false),
    (.uriTemplate, "{a:10000}", false), (.uriTemplate, "{a,}", false),
    (.uriTemplate, "{%41}", true), (.uriTemplate, "{%4}", false), (.uriTemplate, "é", true),
    (.uriTemplate, "a b", false), (.uriTemplate, "o'clock", true), (.uriTemplate, "{a-b}", false),
    (.uriTemplate, "", true),
    (.relativeJSONPointer, "0", true), (.relativeJSONPointer, "1/a~0b", true),
    (.relativeJSONPointer, "0#", true), (.relativeJSONPointer, "0+1/a", true),
    (.relativeJSONPointer, "0-1#", true), (.relativeJSONPointer, "01", false),
    (.relativeJSONPointer, "0+0", false), (.relativeJSONPointer, "0##", false),
    (.relativeJSONPointer, "/a", false), (.relativeJSONPointer, "1a", false),
    (.relativeJSONPointer, "1/~2", false), (.relativeJSONPointer, "", false),
    (.regex, #"\d+\p{Script=Greek}"#, true), (.regex, #"\a"#, false), (.regex, "(", false),
    (.regex, #"\-"#, true),
  ])
  func templatesPointersPatterns(format: Format, text: String, isAccepted: Bool) {
    #expect(format.accepts(text.utf8.span) == isAccepted)
  }

  /// What is too long is refused before the work that grows with its square.
  @Test func aLongNameIsNoName() {
    let text = String(repeating: "aé實", count: 1_000_000)
    let cases: [(Format, String)] = [
      (.internationalHostname, text), (.internationalEmail, "a@\(text)"),
      (.hostname, "xn--\(String(repeating: "a", count: 1_000_000))"),
    ]
    for (format, text) in cases {
      let isAccepted = format.accepts(text.utf8.span)
      #expect(!isAccepted)
    }
  }

  @Test func aNameThatNoDraftHasIsAnAnnotation() {
    #expect(Format(name: "password") == nil)
    #expect(Format(name: "idn-email") == .internationalEmail)
    for format in Format.allCases {
      #expect(!format.expectation.isEmpty)
      #expect(Format(name: format.rawValue) == format)
    }
  }

  /// `\p{Script=…}` is the script itself, not the scripts that a character is used with.
  @Test func scriptsOfPatternsAreExact() throws {
    #expect(try Pattern(#"^\p{Script=Katakana}$"#).matches("\u{30FB}") == .no)
    #expect(try Pattern(#"^\p{Script_Extensions=Katakana}$"#).matches("\u{30FB}") == .yes)
    #expect(try Pattern(#"^\p{Other_Letter}\p{gc=Currency_Symbol}$"#).matches("實€") == .yes)
  }
}
