import JSON
import JSONSchema
import Testing

@Suite struct FastCheckTests {
  private func isSure(_ shape: FastShape, _ record: String) -> Bool {
    var fast = FastCheck(shape, refusesDuplicates: true)
    let bytes = Array((record + "\n").utf8)
    // SAFETY: the bytes are lent for the call.
    return unsafe bytes.withUnsafeBufferPointer { bytes in
      guard let start = bytes.baseAddress else { return false }
      return unsafe fast.record(start, start + bytes.count) == start + bytes.count - 1
    }
  }

  private func number(_ make: (inout NumberRules) -> Void) -> FastShape {
    var rules = NumberRules()
    make(&rules)
    var shape = FastShape(.object)
    shape.properties = [("a", FastShape(.number, number: rules), true)]
    return shape
  }

  @Test(arguments: [
    ("0.10", true), ("0.1000", true), ("0.1", true), ("0.11", false), ("0", true), ("-0.0", true),
    ("-0.01", false), ("0.09999999999", true), ("0.1000000000001", false), ("1e-1", false),
  ])
  func boundsAreExactOrNotSure(value: String, isFine: Bool) throws {
    let shape = number {
      $0.minimum = JSONNumber(0)
      $0.maximum = JSONNumber("0.10")
    }
    #expect(isSure(shape, "{\"a\":\(value)}") == isFine)
  }

  @Test(arguments: [
    ("0.1", true), ("5", false), ("19.99", false), ("0.123456789", false), ("-19.99", true),
    ("-20", false), ("-1e400", false),
  ])
  func boundsOfManyDecimalsAreNarrowed(value: String, isFine: Bool) throws {
    let shape = number {
      $0.minimum = JSONNumber("-19.99123456789012345678")
      $0.exclusiveMaximum = JSONNumber("0.1234567890123456789")
    }
    #expect(isSure(shape, "{\"a\":\(value)}") == isFine)
  }

  @Test(arguments: [
    ("19.99", true), ("1.255", false), ("5", true), ("123456789012345678.25", false),
  ])
  func stepsOfAPowerOfTenAreCountedInDigits(value: String, isFine: Bool) throws {
    #expect(isSure(number { $0.multipleOf = JSONNumber("0.01") }, "{\"a\":\(value)}") == isFine)
  }

  @Test(arguments: [("4.5", true), ("4.6", false), ("4.50001", false), ("-3", true)])
  func otherStepsAreDivided(value: String, isFine: Bool) throws {
    #expect(isSure(number { $0.multipleOf = JSONNumber("1.5") }, "{\"a\":\(value)}") == isFine)
  }

  @Test(arguments: [
    #"{"a":1,"a":1}"#, #"{"a":1,"b":{"x":1,"x":2}}"#, #"{"a":1,"b":[{"x":1,"\u0078":2}]}"#, "{}",
    #"{"a":01}"#, #"{"a":1.}"#, #"{"a":1,}"#, #"{"a":"1"}"#, #"{"a":null}"#,
  ])
  func whatMayBeWrongIsNeverSure(record: String) {
    #expect(!isSure(number { _ in }, record))
  }

  /// Keys get their numbers as they are first met: a repeated one may stand behind lower ones.
  @Test(arguments: ["a", "b", "c", "d"], ["a", "b", "c", "d"])
  func aRepeatedKeyIsSeenInAnyOrder(first: String, second: String) {
    var shape = FastShape(.object)
    shape.properties = ["a", "b", "c"].map { ($0, FastShape(.number), false) }
    var fast = FastCheck(shape, refusesDuplicates: true)
    func isSure(_ record: String) -> Bool {
      let bytes = Array((record + "          \n").utf8)
      // SAFETY: the bytes are lent for the call.
      return unsafe bytes.withUnsafeBufferPointer { bytes in
        guard let start = bytes.baseAddress else { return false }
        return unsafe fast.record(start, start + bytes.count) != nil
      }
    }
    #expect(isSure(#"{"a":1,"b":2,"c":3,"d":4}"#))
    for middle in ["a", "b", "c", "d"] {
      let keys = [first, middle, second]
      let record = "{" + keys.map { "\"\($0)\":1" }.joined(separator: ",") + "}"
      #expect(isSure(record) == (Set(keys).count == 3), "\(record)")
    }
  }

  @Test func otherOrdersSpacesAndUnknownMembersAreFine() {
    let shape = number { _ in }
    #expect(isSure(shape, #"{ "b" : {"x":1,"y":[2]} , "a" : 1.5e3 }"#))
  }

  @Test(arguments: [
    ("", "{}", true), ("", "null", true), (#","minProperties":1"#, "{}", false),
    (#","required":["a"]"#, "{}", false), (#","maxItems":1,"not":{"const":null}"#, "null", false),
  ])
  func onlyABareChoiceWithNullHasAShape(more: String, value: String, isFine: Bool) throws {
    let text = #"{"anyOf":[{"type":"null"},{"type":"object"}]\#(more)}"#
    let schema = try JSONSchema(JSONValue.parse(Array(text.utf8)))
    var shape = FastShape(.object)
    shape.properties = [("v", schema.root.shape(), true)]
    #expect(isSure(shape, #"{"v":\#(value)}"#) == isFine)
  }

  @Test(arguments: [#""not":{}"#, #""enum":[1]"#, #""const":1"#])
  func aNullThatIsAskedForMoreIsNotSure(more: String) throws {
    let text = #"{"anyOf":[{"type":"null",\#(more)},{"type":"string"}]}"#
    let schema = try JSONSchema(JSONValue.parse(Array(text.utf8)))
    var shape = FastShape(.object)
    shape.properties = [("v", schema.root.shape(), true)]
    #expect(!isSure(shape, #"{"v":null}"#))
  }
}
