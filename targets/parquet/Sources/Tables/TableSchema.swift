import Columns
import Commits
import JSON

/// The columns of a table as the commit log keeps them, held against the next run's SCHEMA.
enum TableSchema {
  /// A difference between the columns that a table has and those that a stream now sends.
  struct Change: Equatable {
    enum Kind: Equatable { case added, dropped, nullable, widened, narrowed }

    let kind: Kind
    let path: String
    /// What happens, in words.
    let text: String
  }

  /// The table as JSON: `{folder, partition_by, nested, columns: [{id, name, type, nullable, fields |
  /// element | key and value}], hash, last_id, generation, sync, contract}`.
  static func json(_ table: Table) -> JSONValue {
    let files = table.loading.flattening?.columns(of: table.schema) ?? table.schema
    let columns = JSONValue.array(files.fields.map(json))
    var object = JSONObject()
    object["folder"] = .string(table.folder)
    object["partition_by"] = .array(table.partitioning?.texts.map { .string($0) } ?? [])
    object["columns"] = columns
    if files != table.schema { object["nested"] = .array(table.schema.fields.map(json)) }
    object["hash"] = .string(Digest.hex(Array(columns.encoded().utf8)))
    object["last_id"] = .number(JSONNumber(table.numbers.last))
    if let generation = table.generation {
      object["generation"] = .number(JSONNumber(generation.id))
      if let sync = generation.sync { object["sync"] = .number(JSONNumber(sync)) }
    }
    if let contract = Governance.contract(table.metadata) { object["contract"] = contract }
    return .object(object)
  }

  /// The columns that `json` wrote; nil where the value has another shape.
  static func parse(_ value: JSONValue) -> Schema? {
    guard let columns = (value["nested"] ?? value["columns"])?.array else { return nil }
    var fields: [Field] = []
    for column in columns {
      guard let field = field(column) else { return nil }
      fields.append(field)
    }
    return Schema(fields)
  }

  /// What to write next: the table's columns in their order, then the stream's new ones.
  ///
  /// A column that the stream no longer has stays, null from here on. A type of the table that
  /// holds all that the stream's does stands; otherwise the next file has the stream's.
  static func merged(table: Schema, stream: Schema) -> (schema: Schema, changes: [Change]) {
    var changes: [Change] = []
    let fields = merge(table.fields, stream.fields, "", &changes)
    return (Schema(fields), changes)
  }

  /// Columns whose names differ in case only, which DuckDB and Spark take for one.
  static func namesAlikeButForCase(_ schema: Schema) -> [(String, String)] {
    var seen: [[UInt8]: String] = [:]
    return schema.fields.compactMap { field in
      seen.updateValue(field.name, forKey: Array(field.name.lowercased().utf8)).map {
        ($0, field.name)
      }
    }
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
        let path = "\(path)/\(field.name)"
        changes.append(Change(kind: .dropped, path: path, text: "the column is no longer sent"))
      }
    }
    for field in new where byName[Array(field.name.utf8)] != nil {
      fields.append(field)
      let text = "a new column of type \(TypeText(field.type).text)"
      changes.append(Change(kind: .added, path: "\(path)/\(field.name)", text: text))
    }
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
    field.id = old.id
    if new.nullable, !old.nullable {
      changes.append(Change(kind: .nullable, path: path, text: "the column may now be null"))
    }
    switch (old.type, new.type) {
    case (.structure(let was), .structure(let now)):
      field.type = .structure(merge(was, now, path, &changes))
    case (.list(let was), .list(let now)):
      field.type = .list(merge(was, now, path, &changes))
    case (.map(let key, let was), .map(_, let now)):
      field.type = .map(key: key, value: merge(was, now, path, &changes))
    case (let was, let now) where was == now:
      break
    case (let was, _):
      // A decimal alternative's scale is chosen by the value that first needed it.
      if let place = new.alternatives.firstIndex(where: {
        $0 == was || $0.isDecimal && was.isDecimal
      }) {
        field.type = was
        field.alternatives = Array(new.alternatives[(place + 1)...])
      } else if was.holds(new.type) {
        field.type = was
      } else {
        let kind: Change.Kind = new.type.holds(was) ? .widened : .narrowed
        let names = "\(TypeText(was).text) to \(TypeText(new.type).text)"
        changes.append(
          Change(kind: kind, path: path, text: "the type changes from \(names)")
        )
      }
    }
    return field
  }

  private static func json(_ field: Field) -> JSONValue {
    var object = JSONObject()
    if let id = field.id { object["id"] = .number(JSONNumber(id)) }
    object["name"] = .string(field.name)
    object["type"] = .string(TypeText(field.type).text)
    object["nullable"] = .bool(field.nullable)
    switch field.type {
    case .structure(let fields): object["fields"] = .array(fields.map(json))
    case .list(let element): object["element"] = json(element)
    case .map(let key, let value):
      object["key"] = json(key)
      object["value"] = json(value)
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
    case "map":
      guard let key = value["key"].flatMap(field), let entry = value["value"].flatMap(field) else {
        return nil
      }
      type = .map(key: key, value: entry)
    default:
      guard let scalar = TypeText(text).scalar else { return nil }
      type = scalar
    }
    return Field(
      name,
      type,
      nullable: value["nullable"]?.bool ?? true,
      id: value["id"]?.number?.int64.map { Int($0) }
    )
  }
}
