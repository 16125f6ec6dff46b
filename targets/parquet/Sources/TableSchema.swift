import Columns
import JSON

/// The columns of a table as the commit log keeps them, held against the next run's SCHEMA.
enum TableSchema {
  /// A type that changed between what a table has and what a stream now sends.
  struct Change: Equatable {
    let path: String
    let old: String
    let new: String
  }

  /// The columns as JSON: `[{name, type, nullable, fields | element}]`.
  static func json(_ schema: Schema) -> JSONValue { .array(schema.fields.map(json)) }

  /// The columns that `json(_:)` wrote; nil where the value has another shape.
  static func parse(_ value: JSONValue) -> Schema? {
    guard let columns = value.array else { return nil }
    var fields: [Field] = []
    for column in columns {
      guard let field = field(column) else { return nil }
      fields.append(field)
    }
    return Schema(fields)
  }

  /// What to write next: the table's columns in their order, then the stream's new ones.
  ///
  /// A column that the stream no longer has stays, null from here on. Where the table already
  /// went on to an alternative of the declared type, that type stands; any other difference is a
  /// change, which the next file has.
  static func merged(table: Schema, stream: Schema) -> (schema: Schema, changes: [Change]) {
    var changes: [Change] = []
    let fields = merge(table.fields, stream.fields, "", &changes)
    return (Schema(fields), changes)
  }

  private static func merge(
    _ old: [Field],
    _ new: [Field],
    _ path: String,
    _ changes: inout [Change]
  ) -> [Field] {
    var fields: [Field] = []
    var byName: [[UInt8]: Field] = [:]
    for field in new { byName[Array(field.name.utf8)] = field }
    for field in old {
      if let now = byName.removeValue(forKey: Array(field.name.utf8)) {
        fields.append(merge(field, now, "\(path)/\(field.name)", &changes))
      } else {
        var kept = field
        kept.nullable = true
        fields.append(kept)
      }
    }
    for field in new where byName[Array(field.name.utf8)] != nil { fields.append(field) }
    return fields
  }

  private static func merge(
    _ old: Field,
    _ new: Field,
    _ path: String,
    _ changes: inout [Change]
  ) -> Field {
    var field = new
    field.nullable = old.nullable || new.nullable
    switch (old.type, new.type) {
    case (.structure(let was), .structure(let now)):
      field.type = .structure(merge(was, now, path, &changes))
    case (.list(let was), .list(let now)):
      field.type = .list(merge(was, now, path, &changes))
    case (let was, let now) where was == now:
      break
    case (let was, _):
      if let place = new.alternatives.firstIndex(where: { widens($0, was) }) {
        field.type = was
        field.alternatives = Array(new.alternatives[(place + 1)...])
      } else {
        changes.append(
          Change(path: path, old: TypeText(was).text, new: TypeText(new.type).text)
        )
      }
    }
    return field
  }

  /// Whether `type` is what `alternative` stands for: a decimal alternative's scale is chosen by
  /// the value that first needed it.
  private static func widens(_ alternative: ColumnType, _ type: ColumnType) -> Bool {
    if case .decimal = alternative, case .decimal = type { return true }
    return alternative == type
  }

  private static func json(_ field: Field) -> JSONValue {
    var object = JSONObject()
    object["name"] = .string(field.name)
    object["type"] = .string(TypeText(field.type).text)
    object["nullable"] = .bool(field.nullable)
    switch field.type {
    case .structure(let fields): object["fields"] = .array(fields.map(json))
    case .list(let element): object["element"] = json(element)
    default: break
    }
    return .object(object)
  }

  private static func field(_ value: JSONValue) -> Field? {
    guard let name = value["name"]?.string, let text = value["type"]?.string else { return nil }
    let type: ColumnType
    switch text {
    case "struct":
      guard let parts = value["fields"]?.array else { return nil }
      let fields = parts.compactMap(field)
      guard fields.count == parts.count else { return nil }
      type = .structure(fields)
    case "list":
      guard let element = value["element"].flatMap(field) else { return nil }
      type = .list(element)
    default:
      guard let scalar = TypeText(text).scalar else { return nil }
      type = scalar
    }
    return Field(name, type, nullable: value["nullable"]?.bool ?? true)
  }
}
