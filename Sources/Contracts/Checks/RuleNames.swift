/// The names that reports give to rules; those of quality rules come beside them, by contract.
package enum RuleNames {
  /// Of a contract's fields, and of the keywords of JSON Schema for streams without a contract.
  package static let all = [
    "type", "enum", "required", "primaryKey", "unique", "key", "duplicateKey", "unknownField",
    "unknownTable", "typeDrift", "format", "pattern", "minLength", "maxLength", "minimum",
    "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minItems", "maxItems",
    "physicalType", "uniqueItems", "minProperties", "maxProperties", "contains", "maxContains",
    "encryptedName", "deprecated", "additionalProperties", "anyOf", "oneOf", "not", "false",
  ]
}
