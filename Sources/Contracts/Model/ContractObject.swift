package import JSON
package import JSONSchema

/// A table, topic or file of a contract: what one stream carries.
package struct ContractObject: Sendable {
  package var name: String
  package var physicalName: String?
  package var properties: [ContractProperty] = []
  package var rules: [QualityRule] = []
  package var isDeprecated = false
  /// What values of all its properties are coerced by, unless they say otherwise.
  package var coercions: Coercions?
  /// The object as it is written; nil for one that no file has.
  package var source: YAMLNode?

  /// The same as JSON, converted at each call.
  package var document: JSONValue { source?.json ?? .null }
}

/// The types that values have in a contract.
package enum LogicalType: String, Sendable, CaseIterable {
  case string, date, timestamp, time, number, integer, object, array, boolean, map, vector

  /// The version that brought the type.
  var since: ODCSVersion {
    switch self {
    case .timestamp, .time: .v310
    case .map, .vector: .v320
    default: .v300
    }
  }
}

/// A field of an object, or the element of an array.
package struct ContractProperty: Sendable {
  package var name: String
  package var physicalName: String?
  package var type: LogicalType?
  package var isRequired = false
  package var isUnique = false
  /// The place in the primary key; nil if the property is no part of it.
  package var keyPosition: Int?
  package var isCritical = false
  package var isMeasure = false
  /// Whether it is on its way out: a record that still has a value is warned of.
  package var isDeprecated = false
  /// The element that carries its value encrypted, as it is written.
  package var encryptedName: String?
  /// What that asks of records; nil until the checks are compiled.
  var encryption: Encryption?
  package var classification: String?
  package var tags: [String] = []
  package var number = NumberRules()
  package var minLength: Int?
  package var maxLength: Int?
  package var pattern: String?
  package var format: String?
  package var temporal: TemporalRules?
  package var minItems: Int?
  package var maxItems: Int?
  package var uniqueItems = false
  package var minProperties: Int?
  package var maxProperties: Int?
  package var requiredMembers: [String] = []
  /// The only values allowed.
  package var choices: [JSONValue]?
  package var properties: [ContractProperty] = []
  /// The element of an array or vector, or the value of a map: one or none.
  package var items: [ContractProperty] = []
  /// The key of a map: one or none.
  package var mapKeys: [ContractProperty] = []
  package var rules: [QualityRule] = []
  /// What masks its values, as `dativo.mask` among the property's customProperties says.
  package var mask: MaskAction?
  /// What its values, and those below it, are coerced by; nil leaves it to what contains it.
  package var coercions: Coercions?
  /// `decimal(10,2)` and the like, as it is written.
  package var physicalType: String?
  /// The property as it is written; nil for one that no file has.
  package var source: YAMLNode?
  /// Where the property stands in the contract's file.
  package var mark: YAMLNode.Mark?

  package init(name: String) { self.name = name }

  /// The property as JSON, converted at each call.
  package var document: JSONValue { source?.json ?? .null }

  /// The name that the field has in a record.
  package var field: String { physicalName ?? name }
}
