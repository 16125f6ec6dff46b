/// A named column, or a named part of a nested one.
public struct Field: Hashable, Sendable {
  /// The name, exactly as the source has it.
  public var name: String
  /// The type of the values.
  public var type: ColumnType
  /// Whether a value may be null or absent.
  public var nullable: Bool
  /// The types to continue with, in order, after a value that does not fit.
  public var alternatives: [ColumnType]
  /// Notes that travel into the file (classification, description, source type).
  public var metadata: [String: String]
  /// The number that a table knows the column by, whatever its name and place; nil before it is in
  /// a table.
  public var id: Int?

  /// Creates a field; nullable and without alternatives unless told otherwise.
  public init(
    _ name: String,
    _ type: ColumnType,
    nullable: Bool = true,
    alternatives: [ColumnType] = [],
    metadata: [String: String] = [:],
    id: Int? = nil
  ) {
    self.name = name
    self.type = type
    self.nullable = nullable
    self.alternatives = alternatives
    self.metadata = metadata
    self.id = id
  }
}

/// The columns of a table, in order.
public struct Schema: Hashable, Sendable {
  /// The top-level fields.
  public var fields: [Field]

  /// Creates a schema of `fields`.
  public init(_ fields: [Field]) {
    self.fields = fields
  }

  /// The leaves in depth-first order: one `Column` of a `Batch` each.
  public var leaves: [Leaf] {
    var leaves: [Leaf] = []
    for (index, field) in fields.enumerated() {
      Leaf.collect(field, under: [], index, definition: 0, repetition: 0, into: &leaves)
    }
    return leaves
  }
}

/// A scalar at the end of a path, with its Dremel levels.
public struct Leaf: Hashable, Sendable {
  /// The names from the top-level field down; a list contributes `list` and `element`, a map
  /// `key_value` and `key` or `value`.
  public let path: [String]
  /// The type of the values.
  public let type: ColumnType
  /// The definition level of a value that is there.
  public let maxDefinition: UInt8
  /// The number of lists and maps around the leaf.
  public let maxRepetition: UInt8
  /// The index of the top-level field that the leaf belongs to.
  public let fieldIndex: Int

  static func collect(
    _ field: Field,
    under path: [String],
    _ index: Int,
    definition: UInt8,
    repetition: UInt8,
    into leaves: inout [Leaf]
  ) {
    let path = path + [field.name]
    let definition = definition + (field.nullable ? 1 : 0)
    switch field.type {
    case .structure(let fields):
      for field in fields {
        collect(
          field,
          under: path,
          index,
          definition: definition,
          repetition: repetition,
          into: &leaves
        )
      }
    case .list(var element):
      element.name = "element"
      collect(
        element,
        under: path + ["list"],
        index,
        definition: definition + 1,
        repetition: repetition + 1,
        into: &leaves
      )
    case .map(var key, var value):
      key.name = "key"
      value.name = "value"
      for part in [key, value] {
        collect(
          part,
          under: path + ["key_value"],
          index,
          definition: definition + 1,
          repetition: repetition + 1,
          into: &leaves
        )
      }
    default:
      leaves.append(
        Leaf(
          path: path,
          type: field.type,
          maxDefinition: definition,
          maxRepetition: repetition,
          fieldIndex: index
        )
      )
    }
  }
}
