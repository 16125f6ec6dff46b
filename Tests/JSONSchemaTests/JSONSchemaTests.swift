import JSON
import JSONSchema
import Testing

@Suite struct JSONSchemaTests {
  private func findings(_ schema: String, _ value: String) throws -> [String] {
    let compiled = try JSONSchema(try JSONValue.parse(schema), .singer)
    return compiled.findings(in: try JSONValue.parse(value)).map { "\($0.pointer) \($0.rule)" }
  }

  @Test func findingsNamePointerAndRule() throws {
    let schema = #"""
      {"properties": {"a/b": {"type": "integer"}, "c": {"items": {"enum": ["x"]}}}}
      """#
    #expect(try findings(schema, #"{"a/b": 1.5, "c": ["x", "y"]}"#) == ["/a~1b type", "/c/1 enum"])
  }

  @Test func draft4BooleansModifyTheBound() throws {
    let schema = #"{"properties": {"a": {"maximum": 10, "exclusiveMaximum": true}}}"#
    #expect(try findings(schema, #"{"a": 10}"#) == ["/a exclusiveMaximum"])
    #expect(try findings(schema, #"{"a": 9.99}"#) == [])
  }

  @Test func aRootWithoutTypeIsAnObjectAndRequiredIsTheContracts() throws {
    #expect(try findings(#"{"properties": {}, "required": ["a"]}"#, "{}") == [])
    #expect(try findings(#"{"type": ["null", "object"]}"#, "null") == [" type"])
  }

  @Test func recursiveReferencesAreFollowed() throws {
    let schema = #"""
      {"definitions": {"n": {"type": ["integer", "array"], "items": {"$ref": "#/definitions/n"}}},
       "properties": {"a": {"$ref": "#/definitions/n"}}}
      """#
    #expect(try findings(schema, #"{"a": [1, [2, ["x"]]]}"#) == ["/a/1/1/0 type"])
  }

  @Test func whatIsNotEvaluatedIsSkipped() throws {
    let schema: JSONValue = ["unevaluatedProperties": false, "$ref": "http://example.org/x"]
    let skipped = try JSONSchema(schema).skipped.map(\.keyword)
    #expect(skipped == ["$ref"])
  }

  @Test func aDanglingReferenceIsAProblem() throws {
    let schema: JSONValue = ["properties": ["a": ["$ref": "#/definitions/x"]]]
    #expect(throws: JSONSchema.Problem.self) { try JSONSchema(schema) }
  }

  /// "é" and "e" with an accent are two names, with a schema each.
  @Test func namesThatAreOneToSwiftAreTwoPlaces() throws {
    let schema: JSONValue = [
      "properties": [
        "\u{E9}": ["type": "string"], "e\u{301}": ["type": "integer"],
        "a": ["$ref": "#/properties/e\u{301}"], "b": ["$ref": "#/$defs/\u{301}x"],
      ],
      "$defs": ["\u{301}x": ["const": 1]],
    ]
    let compiled = try JSONSchema(schema)
    #expect(compiled.findings(in: ["\u{E9}": "x", "e\u{301}": 1, "a": 1, "b": 1]).isEmpty)
    #expect(compiled.findings(in: ["\u{E9}": 1, "e\u{301}": "x", "a": "x", "b": 2]).count == 4)
  }
}
