extension Form {
  private static let element = """
    id id 3.1
    name text
    physicalType text
    description text
    businessName text
    authoritativeDefinitions [definition]
    tags [text]
    customProperties [custom]
    deprecated flag 3.2
    synonyms [synonym] 3.2
    """

  private static let property = """
    primaryKey flag
    primaryKeyPosition integer
    logicalType text
    logicalTypeOptions any
    physicalName text 3.0.2
    required flag
    unique flag
    partitioned flag
    partitionKeyPosition integer
    classification text
    encryptedName text
    transformSourceObjects [text]
    transformLogic text
    transformDescription text
    examples [any]
    criticalDataElement flag
    relationships [relationship] 3.1
    quality [rule]
    semanticType =column|measure|dimension 3.2
    enum [choice] 3.2
    properties [property]
    items item
    map map 3.2
    """

  static let schema: [String: Form] = [
    "object": Form(
      "the object",
      closed: .v300,
      element,
      """
      name text !
      logicalType =object|blob@3.2
      physicalName text
      dataGranularityDescription text
      properties [property]
      relationships [tableRelationship] 3.1
      quality [rule]
      context context 3.2
      """
    ),
    "property": Form("the property", closed: .v300, element, property + "\nname text !"),
    "item": Form("the item", closed: .v300, element, property),
    "map": Form(
      "a map",
      closed: .v300,
      """
      key item !
      value item !
      """
    ),
    "choice": Form(
      "a value of enum",
      closed: .v300,
      """
      value scalar !
      label text
      id id
      description text
      customProperties [custom]
      authoritativeDefinitions [definition]
      tags [text]
      """
    ),
    "synonym": Form(
      "a synonym",
      closed: .v300,
      """
      id id
      synonym text !
      description text
      locale text
      source text
      status text
      customProperties [custom]
      """
    ),
    "relationship": Form(
      "a relationship",
      closed: .v300,
      """
      id text 3.2
      type =foreignKey
      to reference !
      customProperties [custom]
      """
    ),
    "tableRelationship": Form(
      "a relationship",
      closed: .v300,
      """
      id text 3.2
      type =foreignKey
      from reference !
      to reference !
      customProperties [custom]
      """
    ),
    "rule": Form("the rule", closed: .v310, ruleKeys, operators + "\n" + ruleArguments),
    "text rule": Form("a rule of type text", closed: .v310, ruleKeys),
    "library rule": Form(
      "a library rule",
      closed: .v310,
      ruleKeys,
      operators + """

        rule text !<3.1
        metric =nullValues|missingValues|invalidValues|duplicateValues|rowCount 3.1 !3.1
        arguments mapping 3.1
        validValues any <3.1
        """
    ),
    "sql rule": Form("a sql rule", closed: .v310, ruleKeys, operators + "\nquery text !"),
    "custom rule": Form(
      "a custom rule",
      closed: .v310,
      ruleKeys,
      """
      engine text !
      implementation text|mapping !
      """
    ),
  ]

  private static let ruleKeys = """
    id id 3.1
    authoritativeDefinitions [definition]
    businessImpact text
    customProperties [custom]
    description text
    dimension =accuracy|completeness|conformity|consistency|coverage|timeliness|uniqueness
    method text
    name text
    schedule text
    scheduler text
    severity text
    tags [text]
    type =text|library|sql|custom
    unit text
    """

  private static let operators = """
    mustBe any
    mustNotBe any
    mustBeGreaterThan number
    mustBeGreaterOrEqualTo number
    mustBeLessThan number
    mustBeLessOrEqualTo number
    mustBeBetween [number]
    mustNotBeBetween [number]
    """

  private static let ruleArguments = """
    rule text
    metric text
    arguments any
    validValues any <3.1
    query text
    engine text
    implementation text|mapping
    """

  /// The options of a type; nil where the standard names none.
  static func options(_ type: LogicalType) -> Form? {
    let name = "the options of \(type.rawValue)"
    let bounds = """
      multipleOf number
      minimum number
      maximum number
      exclusiveMinimum any
      exclusiveMaximum any
      format text
      """
    let temporal = """
      format text
      minimum text
      maximum text
      exclusiveMinimum any
      exclusiveMaximum any
      """
    let zone = """
      timezone flag
      defaultTimezone text
      """
    return switch type {
    case .string:
      Form(
        name,
        closed: .v300,
        """
        minLength integer
        maxLength integer
        pattern text
        format text
        """
      )
    case .date: Form(name, closed: .v300, temporal)
    case .timestamp, .time: Form(name, closed: .v300, temporal, zone)
    case .integer, .number: Form(name, closed: .v300, bounds)
    case .array:
      Form(
        name,
        closed: .v300,
        """
        minItems integer
        maxItems integer
        uniqueItems flag
        """
      )
    case .object, .map:
      Form(
        name,
        closed: type == .object ? .v300 : nil,
        """
        minProperties integer
        maxProperties integer
        required [text]
        """
      )
    case .vector:
      Form(
        name,
        closed: .v300,
        """
        dimensions integer !
        elementType =bfloat16|binary|float16|float32|float64|int8|uint8
        distanceMetric =cosine|dotProduct|euclidean|hamming|manhattan
        embeddingModel text
        embeddingModelVersion text
        normalized flag
        """
      )
    case .boolean: nil
    }
  }
}
