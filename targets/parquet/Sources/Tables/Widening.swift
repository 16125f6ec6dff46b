import Columns
import JSON
import Wire

/// What a column goes on as after a value that does not fit: the next of its alternatives that
/// holds the value.
enum Widening {
  /// The schema with the misfit's column widened; nil where no alternative holds the value.
  static func widened(_ schema: Schema, for misfit: Misfit) -> Schema? {
    var fields = schema.fields
    guard fields.indices.contains(misfit.fieldIndex),
      let field = widened(fields[misfit.fieldIndex], misfit.path.dropFirst(), misfit)
    else { return nil }
    fields[misfit.fieldIndex] = field
    return Schema(fields)
  }

  private static func widened(
    _ field: Field,
    _ path: ArraySlice<String>,
    _ misfit: Misfit
  ) -> Field? {
    var field = field
    switch field.type {
    case .structure(var parts):
      guard let name = path.first,
        let index = parts.firstIndex(where: { Array($0.name.utf8) == Array(name.utf8) }),
        let part = widened(parts[index], path.dropFirst(), misfit)
      else { return nil }
      parts[index] = part
      field.type = .structure(parts)
      return field
    case .list(let element):
      guard let element = widened(element, path.dropFirst(), misfit) else { return nil }
      field.type = .list(element)
      return field
    case .map(let key, let value):
      // Where its values are not alike after all, it is any object, or any value.
      let value = path.isEmpty ? nil : widened(value, path.dropFirst(), misfit)
      field.type = value.map { .map(key: key, value: $0) } ?? .json
      return field
    default:
      let value = try? JSONValue.parse(misfit.value)
      while let next = field.alternatives.first {
        field.alternatives.removeFirst()
        guard let type = type(next, replacing: field.type, for: value) else { continue }
        field.type = type
        return field
      }
      return nil
    }
  }

  /// The type to take for `alternative`, if it holds `value`; a decimal gets the scale it needs.
  private static func type(
    _ alternative: ColumnType,
    replacing old: ColumnType,
    for value: JSONValue?
  ) -> ColumnType? {
    switch (alternative, value) {
    case (.decimal(let precision, let largest), .number(let number)?):
      var scale = number.decimal.scale
      if case .decimal(_, let former) = old { scale = max(scale, former) }
      // The next double's fraction may be longer: all the places there are, if the value leaves them.
      if case .double = old, number.decimal.precision - number.decimal.scale + largest <= precision
      {
        scale = largest
      }
      guard scale <= largest, number.decimal.precision - number.decimal.scale + scale <= precision
      else { return nil }
      return .decimal(precision: precision, scale: scale)
    case (.decimal, _): return nil
    case (.string, .object?), (.string, .array?): return nil
    default: return alternative
    }
  }
}
