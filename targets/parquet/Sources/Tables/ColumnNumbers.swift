import Columns
import JSON

/// The numbers of a table's columns, whose meaning never changes: the field ids of its files.
struct ColumnNumbers {
  /// The largest that was ever given.
  private(set) var last: Int
  /// The columns that the table has, or had before it was replaced.
  private let former: Schema

  /// Goes on after those that the commit log has for the table.
  init(_ table: JSONValue?) {
    last = Int(table?["last_id"]?.number?.int64 ?? 0)
    former = table.flatMap(TableSchema.parse) ?? Schema([])
  }

  /// The columns with numbers: their own, those of former ones of the same name and kind, or new.
  mutating func number(_ schema: Schema) -> Schema {
    Schema(number(schema.fields, former.fields))
  }

  private mutating func number(_ fields: [Field], _ former: [Field]) -> [Field] {
    fields.map { field in
      let name = Array(field.name.utf8)
      let same = former.first { Array($0.name.utf8) == name && Self.isAlike($0.type, field.type) }
      return number(field, same)
    }
  }

  private mutating func number(_ field: Field, _ former: Field?) -> Field {
    var field = field
    if let id = field.id ?? former?.id {
      field.id = id
    } else {
      last += 1
      field.id = last
    }
    switch (field.type, former?.type) {
    case (.structure(let fields), .structure(let parts)?):
      field.type = .structure(number(fields, parts))
    case (.structure(let fields), _): field.type = .structure(number(fields, []))
    case (.list(let element), .list(let item)?): field.type = .list(number(element, item))
    case (.list(let element), _): field.type = .list(number(element, nil))
    case (.map(let key, let value), .map(let formerKey, let formerValue)?):
      field.type = .map(key: number(key, formerKey), value: number(value, formerValue))
    case (.map(let key, let value), _):
      field.type = .map(key: number(key, nil), value: number(value, nil))
    default: break
    }
    return field
  }

  private static func isAlike(_ one: ColumnType, _ other: ColumnType) -> Bool {
    switch (one, other) {
    case (.structure, .structure), (.list, .list), (.map, .map): true
    default: one.holds(other) || other.holds(one)
    }
  }
}
