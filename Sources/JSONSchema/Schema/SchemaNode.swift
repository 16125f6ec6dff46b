package import JSON

/// One compiled schema; its references make a graph, in which a cycle is a recursive schema.
package final class SchemaNode {
  /// Where the schema stands in its document, as a JSON pointer.
  package let place: String
  /// `true` or `false` in place of a schema.
  package var constant: Bool?
  package var kinds: ValueKinds?
  package var choices: [JSONValue]?
  package var number = NumberRules()
  package var text = TextRules()
  package var minItems: Int?
  package var maxItems: Int?
  package var uniqueItems = false
  package var prefixItems: [SchemaNode] = []
  package var items: SchemaNode?
  package var contains: SchemaNode?
  package var minContains = 1
  package var maxContains: Int?
  package var minProperties: Int?
  package var maxProperties: Int?
  package var required: [String] = []
  package var properties: [(name: String, node: SchemaNode)] = []
  package var propertyPlaces: [String: Int] = [:]
  package var patternProperties: [(pattern: Pattern, node: SchemaNode)] = []
  package var additionalProperties: SchemaNode?
  package var propertyNames: SchemaNode?
  package var dependentRequired: [(name: String, required: [String])] = []
  package var dependentSchemas: [(name: String, node: SchemaNode)] = []
  package var allOf: [SchemaNode] = []
  package var anyOf: [SchemaNode] = []
  package var oneOf: [SchemaNode] = []
  package var not: SchemaNode?
  package var condition: SchemaNode?
  package var then: SchemaNode?
  package var otherwise: SchemaNode?
  package var reference: SchemaNode?

  init(place: String) { self.place = place }
}
