/// The keys that the standard knows, with the version that brought each.
enum KnownKeys {
  typealias Table = [String: ODCSVersion]

  private static func table(_ old: String, _ v310: String = "", _ v320: String = "") -> Table {
    var table: Table = [:]
    for (names, version) in [(old, ODCSVersion.v300), (v310, .v310), (v320, .v320)] {
      for name in names.split(separator: " ") { table[String(name)] = version }
    }
    return table
  }

  static let root = table(
    """
    version apiVersion kind id name tenant domain dataProduct status tags description \
    authoritativeDefinitions servers schema support price team roles slaDefaultElement \
    slaProperties customProperties contractCreatedTs
    """,
    "",
    "context"
  )

  static let object = table(
    """
    name physicalName physicalType logicalType businessName description \
    dataGranularityDescription authoritativeDefinitions tags customProperties quality properties
    """,
    "id relationships",
    "deprecated synonyms context"
  )

  static let property = table(
    """
    name physicalName physicalType logicalType logicalTypeOptions businessName description \
    required unique primaryKey primaryKeyPosition partitioned partitionKeyPosition classification \
    criticalDataElement encryptedName transformSourceObjects transformLogic transformDescription \
    examples authoritativeDefinitions tags customProperties quality properties items
    """,
    "id relationships",
    "enum map deprecated synonyms semanticType"
  )

  static let quality = table(
    """
    name description type rule dimension method severity businessImpact unit schedule scheduler \
    tags authoritativeDefinitions customProperties query engine implementation validValues \
    mustBe mustNotBe mustBeGreaterThan mustBeGreaterOrEqualTo mustBeLessThan mustBeLessOrEqualTo \
    mustBeBetween mustNotBeBetween
    """,
    "id metric arguments"
  )

  /// The options that a type has.
  static func options(_ type: LogicalType?) -> Table? {
    switch type {
    case .string?: table("minLength maxLength pattern format")
    case .date?:
      table("format minimum maximum exclusiveMinimum exclusiveMaximum", "timezone defaultTimezone")
    case .timestamp?, .time?:
      table("format minimum maximum exclusiveMinimum exclusiveMaximum timezone defaultTimezone")
    case .integer?, .number?:
      table("format minimum maximum exclusiveMinimum exclusiveMaximum multipleOf")
    case .array?: table("minItems maxItems uniqueItems")
    case .object?, .map?: table("minProperties maxProperties required")
    case .vector?:
      table(
        """
        dimensions elementType distanceMetric embeddingModel embeddingModelVersion normalized
        """
      )
    case .boolean?, nil: nil
    }
  }
}
