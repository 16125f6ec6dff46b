/// Structures taken apart: each of their fields a column of its own, named by its path.
public struct Flattening: Hashable, Sendable {
  /// How many structures within one another are taken apart.
  public let depth: Int
  /// What stands between the names of a path.
  public let separator: String

  /// Creates the rule.
  public init(depth: Int, separator: String) {
    self.depth = depth
    self.separator = separator
  }

  /// The columns of `schema` taken apart; leaves stay in their order.
  public func columns(of schema: Schema) -> Schema {
    Schema(schema.fields.flatMap { parts(of: $0, "", isNullable: false, depth) })
  }

  private func parts(
    of field: Field,
    _ prefix: String,
    isNullable: Bool,
    _ depth: Int
  ) -> [Field] {
    var part = field
    part.name = prefix + field.name
    part.nullable = field.nullable || isNullable
    guard case .structure(let fields) = field.type, depth > 0 else { return [part] }
    return fields.flatMap { inner in
      parts(of: inner, part.name + separator, isNullable: part.nullable, depth - 1)
    }
  }
}

extension Batch {
  /// Takes the structures of all columns apart, as `flattening` says.
  public mutating func flatten(_ flattening: Flattening) {
    precondition(taken == 0, "columns were taken out of this batch")
    let flat = flattening.columns(of: schema)
    for (index, leaf) in flat.leaves.enumerated() {
      // SAFETY: leaves stay in their order, so there are as many as columns, all initialised.
      unsafe storage[index].relabel(leaf)
    }
    schema = flat
  }
}

extension Column {
  /// Becomes a column of `new`, which has lost nullable structures around it.
  fileprivate mutating func relabel(_ new: Leaf) {
    let lost = maxDefinition - new.maxDefinition
    if lost > 0 {
      // SAFETY: slots are below the number that the levels have.
      for slot in 0..<slotCount {
        let level = unsafe definitions[slot]
        unsafe definitions[slot] = level > lost ? level - lost : 0
      }
    }
    leaf = new
    maxDefinition = new.maxDefinition
  }
}
