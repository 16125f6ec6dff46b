package import JSON

/// A contract's document drawn from the schemas of another kind, version 3.1.0 of the standard.
package struct ContractImport {
  /// The document, as JSON.
  package let document: JSONValue
  /// What of the schemas a contract cannot say, by place.
  package private(set) var losses: [String]
  /// Fields that stand twice in the record, which then is none.
  package private(set) var duplicates: [String] = []

  /// Draws up a contract with one object for each JSON Schema, whose `keys` are its primary key.
  package init(schemas: [(name: String, schema: JSONValue, keys: [String])], id: String) {
    var reader = SchemaImport()
    let objects = schemas.map { reader.object($0.name, $0.schema, keys: $0.keys) }
    document = Self.document(id, objects)
    losses = reader.losses
  }

  /// Draws up a contract from an Avro record.
  package init(avro record: JSONValue, id: String) {
    var reader = AvroImport()
    let object = reader.object(record)
    document = Self.document(id, [object])
    losses = reader.losses
    duplicates = reader.duplicates
  }

  private static func document(_ id: String, _ objects: [JSONValue]) -> JSONValue {
    [
      "apiVersion": "v3.1.0", "kind": "DataContract", "id": .string(id), "version": "0.1.0",
      "status": "draft", "schema": .array(objects),
    ]
  }

  /// A type with its options, where it has any.
  static func typed(_ type: String, _ options: JSONObject = JSONObject()) -> JSONObject {
    var property: JSONObject = ["logicalType": .string(type)]
    if !options.isEmpty { property["logicalTypeOptions"] = .object(options) }
    return property
  }

  /// A rule that no value may be outside a list.
  static func oneOf(_ values: [JSONValue]) -> JSONValue {
    let valid = values.filter { !$0.isNull }
    return [
      [
        "metric": "invalidValues", "arguments": ["validValues": .array(valid)], "mustBe": 0,
      ]
    ]
  }
}
