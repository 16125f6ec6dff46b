import JSON

extension SchemaCompiler {
  /// Notes keywords whose values are none that they can have, and which therefore say nothing.
  mutating func noteMisuse(_ object: JSONObject, _ place: String) {
    noteDraft3(object, place)
    for (keyword, value) in object.members {
      guard let expected = Self.misuse(keyword, value) else { continue }
      skip(keyword, place, "its value is not \(expected)")
    }
  }

  /// Notes the words of draft 3, which is not read, and what has come in their place.
  private mutating func noteDraft3(_ object: JSONObject, _ place: String) {
    let uri = object["$schema"]?.string.map(URIReference.init)
    let isDraft3 = uri?.authority == "json-schema.org" && uri?.path == "/draft-03/schema"
    if isDraft3 {
      skip("$schema", place, "draft 3 is not read: each keyword means what later drafts give it")
    }
    // A schema that names a later draft may have them as names of its own.
    guard isDraft3 || object["$schema"] == nil else { return }
    for (word, successor) in [
      ("divisibleBy", "multipleOf"), ("disallow", "not"), ("extends", "allOf"),
    ] where object[word] != nil {
      skip(word, place, "it is of draft 3, which is not read; \(successor) has come in its place")
    }
    if object["required"]?.bool == true {
      skip("required", place, "true is of draft 3; the object around it lists its required names")
    }
    if object["type"]?.array?.contains(where: { $0.object != nil }) == true {
      skip("type", place, "schemas among the types are of draft 3; anyOf has come in their place")
    }
  }

  /// What the keyword's value should be, where it is something else.
  private static func misuse(_ keyword: String, _ value: JSONValue) -> String? {
    switch keyword {
    case "minimum", "maximum": return value.number == nil ? "a number" : nil
    case "exclusiveMinimum", "exclusiveMaximum":
      return value.number == nil && value.bool == nil ? "a number or, in draft 4, a boolean" : nil
    case "multipleOf":
      let isAbove = value.number.map { JSONNumber(0) < $0 } ?? false
      return isAbove ? nil : "a number above 0"
    case "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties",
      "minContains", "maxContains":
      let count = value.number.flatMap { $0.isInteger ? $0.int64 : nil }
      return count.map { $0 >= 0 } ?? false ? nil : "a whole number of at least 0"
    case "uniqueItems": return value.bool == nil ? "true or false" : nil
    case "pattern", "format", "$ref", "$dynamicRef", "$recursiveRef":
      return value.string == nil ? "a text" : nil
    case "enum": return value.array == nil ? "a list" : nil
    case "required":
      // Draft 3 had a boolean here.
      let isList = value.array.map { $0.allSatisfy { $0.string != nil } } ?? false
      return isList || value.bool != nil ? nil : "a list of names"
    case "allOf", "anyOf", "oneOf":
      return value.array?.isEmpty ?? true ? "a list of schemas" : nil
    case "properties", "patternProperties", "dependencies", "dependentSchemas",
      "dependentRequired":
      return value.object == nil ? "an object" : nil
    default: return nil
    }
  }
}
