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
  package var propertyPlaces: [ExactText: Int] = [:]
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
  /// Whether the node has a reference that is bound where it is used, or asks what its other
  /// keywords have looked at: nothing but the exact check knows.
  package var needsContext: Bool {
    dynamicReference != nil || unevaluatedProperties != nil || unevaluatedItems != nil
  }
  var dynamicReference: DynamicReference?
  var unevaluatedProperties: SchemaNode?
  var unevaluatedItems: SchemaNode?
  /// Whether items that `contains` accepts count as looked at.
  var containsEvaluates = false
  let resource: SchemaResource

  init(place: String, _ resource: SchemaResource) {
    self.place = place
    self.resource = resource
  }
}

/// A reference whose target depends on the schemas that led to it.
struct DynamicReference {
  /// Where it leads without any of them.
  let initial: SchemaNode
  /// The anchor that the outermost resource with one of that name provides; nil for none.
  let anchor: String?
}
