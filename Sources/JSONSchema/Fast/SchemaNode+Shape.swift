import JSON

extension SchemaNode {
  /// The schema as a shape; what has no fast check is parsed and asked exactly.
  package func shape() -> FastShape { shape(depth: 0) }

  private func shape(depth: Int) -> FastShape {
    guard depth < 50 else { return FastShape { self.accepts($0) } }
    if let shape = nullable(depth) { return shape }
    guard let node = simple else { return FastShape { self.accepts($0) } }
    var shape = FastShape(node.kinds ?? .all, number: node.number)
    shape.minLength = node.text.minLength ?? 0
    shape.maxLength = node.text.maxLength ?? .max
    if let choices = node.choices {
      let texts = choices.compactMap(\.string)
      let kinds = shape.kinds
      let hasNull = choices.contains { $0.isNull }
      guard texts.count + (hasNull ? 1 : 0) == choices.count else {
        return FastShape { self.accepts($0) }
      }
      shape.kinds = kinds.intersection(hasNull ? [.string, .null] : .string)
      shape.choices = texts
    }
    shape.text = node.text.shape
    shape.properties = node.properties.map { ($0.name, $0.node.shape(depth: depth + 1), false) }
    shape.allowsUnknown =
      node.additionalProperties == nil || node.additionalProperties?.constant == true
    shape.minItems = node.minItems ?? 0
    shape.maxItems = node.maxItems ?? .max
    if let items = node.items { shape.items = [items.shape(depth: depth + 1)] }
    return shape
  }

  /// The shape of a bare choice between null and one other schema, as many taps write it.
  private func nullable(_ depth: Int) -> FastShape? {
    let choice = anyOf.isEmpty ? oneOf : anyOf
    guard choice.count == 2, anyOf.isEmpty || oneOf.isEmpty, isBare,
      let other = choice.first(where: { $0.kinds != .null }),
      let null = choice.first(where: { $0.kinds == .null }), null.simple != nil,
      null.choices == nil, let kinds = other.kinds, other.choices == nil, !kinds.contains(.null),
      other.simple != nil
    else { return nil }
    var shape = other.shape(depth: depth + 1)
    shape.kinds.insert(.null)
    return shape
  }

  /// Whether no keyword is there but perhaps `anyOf` and `oneOf`.
  private var isBare: Bool {
    constant == nil && hasShapesOnly && kinds == nil && choices == nil && number.isEmpty
      && text.isEmpty && properties.isEmpty && items == nil && additionalProperties == nil
      && minItems == nil && maxItems == nil
  }

  /// The node whose own keywords are all that there is to check; nil if others are at work.
  private var simple: SchemaNode? {
    let isPlain =
      constant == nil && hasShapesOnly && anyOf.isEmpty && oneOf.isEmpty
      && (additionalProperties == nil || additionalProperties?.constant != nil)
    return isPlain ? self : nil
  }

  /// Whether every keyword, but for `anyOf` and `oneOf`, is one that a shape has room for.
  private var hasShapesOnly: Bool {
    !needsContext && reference == nil && allOf.isEmpty && not == nil && condition == nil
      && patternProperties.isEmpty && propertyNames == nil && dependentRequired.isEmpty
      && dependentSchemas.isEmpty && prefixItems.isEmpty && contains == nil && !uniqueItems
      && minProperties == nil && maxProperties == nil && required.isEmpty
  }
}
