internal import Contracts
internal import JSON

/// Gives values that a file format has only as text the type that a contract has for them.
///
/// A text that is no such value stays a text, so that the engine finds and names it.
struct RecordTyping {
  /// What the format cannot tell apart from text.
  enum Poverty {
    /// Everything is text: CSV.
    case everything
    /// Only what has no columns of its own is: JSON text in a Parquet column.
    case containers
  }

  private let types: [String: ContractProperty]
  private let poverty: Poverty

  init(_ object: ContractObject, _ poverty: Poverty) {
    types = Dictionary(object.properties.map { ($0.field, $0) }) { first, _ in first }
    self.poverty = poverty
  }

  func typed(_ record: JSONObject) -> JSONObject {
    var record = record
    for (name, value) in record.members {
      guard let property = types[name], let better = typed(value, property, poverty) else {
        continue
      }
      record[name] = better
    }
    return record
  }

  /// The value of a column that only a folder's name tells.
  func typed(_ text: String?, column: String) -> JSONValue? {
    guard let property = types[column] else { return nil }
    guard let text else { return .null }
    return typed(.string(text), property, .everything) ?? .string(text)
  }

  /// Nil where the value stays as it is.
  private func typed(
    _ value: JSONValue,
    _ property: ContractProperty,
    _ poverty: Poverty
  ) -> JSONValue? {
    switch (value, property.type) {
    case (.string(let text), .object?), (.string(let text), .array?), (.string(let text), .map?),
      (.string(let text), .vector?):
      guard text.first == "{" || text.first == "[" else { return nil }
      return try? JSONValue.parse(text)
    case (.string(let text), _):
      return poverty == .everything ? CellText.value(text, property) : nil
    case (.object(let object), .object?):
      var object = object
      for child in property.properties {
        guard let inner = object[child.field], let better = typed(inner, child, poverty) else {
          continue
        }
        object[child.field] = better
      }
      return .object(object)
    case (.array(let items), .array?):
      guard let item = property.items.first else { return nil }
      return .array(items.map { typed($0, item, poverty) ?? $0 })
    default: return nil
    }
  }
}
