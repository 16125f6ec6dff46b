import JSON
import Testing

@Suite struct JSONValueTests {
  @Test func keepsKeyOrderAndNumberText() throws {
    let text = "{\"b\":1.50,\"a\":18446744073709551616,\"é\":[1e3,-0.0]}"
    #expect(try JSONValue.parse(text).encoded() == text)
  }

  @Test func lastOfEqualKeysWins() throws {
    let value = try JSONValue.parse("{\"a\":1,\"b\":2,\"a\":3}")
    #expect(value.object?.keys == ["a", "b"])
    #expect(value["a"] == 3)
  }

  @Test func keysDifferByBytesNotByNormalisation() throws {
    let value = try JSONValue.parse("{\"e\u{301}\":1,\"\u{E9}\":2}")
    #expect(value.object?.count == 2)
    #expect(value["\u{E9}"] == 2)
    #expect(JSONValue.string("e\u{301}") != JSONValue.string("\u{E9}"))
  }

  @Test func largeObjectsFindTheirKeys() throws {
    var object = JSONObject()
    for index in 0..<100 { object["key \(index)"] = .number(JSONNumber(index)) }
    object["key 50"] = nil
    #expect(object.count == 99)
    #expect(object["key 50"] == nil)
    for index in 0..<100 where index != 50 {
      #expect(object["key \(index)"]?.number?.int64 == Int64(index))
    }
  }

  @Test func unescapes() throws {
    let value = try JSONValue.parse("\"a\\u0000\\n\\/\\ud83d\\ude39\\u00e9\\\"z\"")
    #expect(value.string == "a\u{0}\n/😹é\"z")
  }

  @Test func loneSurrogateIsAnErrorUnlessLenient() throws {
    for text in ["\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\ud800\""] {
      #expect(throws: JSONError.self) { try JSONValue.parse(text) }
    }
    #expect(try JSONValue.parse("\"a\\ud800b\"", lenient: true).string == "a\u{FFFD}b")
    #expect(try JSONValue.parse("\"\\ud800\\u0041\"", lenient: true).string == "\u{FFFD}A")
  }

  @Test func errorsNameTheirPlace() {
    let error = #expect(throws: JSONError.self) { try JSONValue.parse("{\n  \"a\": tru\n}") }
    #expect(error?.reason == .unexpectedByte)
    #expect(error?.line == 2)
    #expect(error?.column == 8)
    #expect(error?.offset == 9)
    let deep = #expect(throws: JSONError.self) { try JSONValue.parse("[[[1]]]", depthLimit: 2) }
    #expect(deep?.reason == .tooDeep)
  }

  @Test func equalityIsThatOfJSONSchema() throws {
    #expect(
      try JSONValue.parse("[1.0,{\"a\":1,\"b\":2}]") == JSONValue.parse("[1,{\"b\":2,\"a\":1e0}]")
    )
    #expect(try JSONValue.parse("1").hashValue == JSONValue.parse("10e-1").hashValue)
    #expect(JSONValue.bool(true) != 1)
  }

  @Test func escapesWhatMustBeEscaped() {
    #expect(JSONValue.string("a\u{1}\"\\\t\u{1F}é").encoded() == "\"a\\u0001\\\"\\\\\\t\\u001fé\"")
  }

  @Test func prettyTextIsIndented() {
    let value: JSONValue = ["a": [1, 2], "b": [:], "c": ["d": nil]]
    #expect(
      value.encoded(pretty: true) == """
        {
          "a": [
            1,
            2
          ],
          "b": {},
          "c": {
            "d": null
          }
        }
        """
    )
  }

  @Test func stringScanFindsEverySpecialAtEveryOffset() throws {
    for length in 0..<40 {
      let text = String(repeating: "x", count: length)
      #expect(try JSONValue.parse("\"\(text)\"").string == text)
      #expect(try JSONValue.parse("\"\(text)é\(text)\"").string == "\(text)é\(text)")
      #expect(try JSONValue.parse("\"\(text)\\n\(text)\"").string == "\(text)\n\(text)")
      #expect(throws: JSONError.self) { try JSONValue.parse("\"\(text)\u{1F}\(text)\"") }
      #expect(throws: JSONError.self) {
        try JSONValue.parse([0x22] + Array(text.utf8) + [0xC3] + Array(text.utf8) + [0x22])
      }
    }
  }
}
