import Columns
import ConnectorKit
import JSON
import Wire

/// How a table's rows are divided into folders: `partition_by`.
struct Partitioning: Hashable, Sendable {
  /// The part of a date or timestamp that names a folder.
  enum Unit: String, Hashable, Sendable, CaseIterable { case year, month, day, hour }

  /// One level of folders.
  struct Key: Hashable, Sendable {
    let column: String
    /// Nil for the value itself.
    let unit: Unit?
    /// What stands before the `=` in the folder's name.
    let name: String

    /// As the commit log keeps it.
    var text: String {
      let value = unit.map { "\($0.rawValue)(\(column))" } ?? column
      return name == value || name == "\(column)_\(unit?.rawValue ?? "")"
        ? value : "\(name)=\(value)"
    }
  }

  let keys: [Key]
  /// Whether files keep columns whose values the folders tell.
  let keepsColumns: Bool

  /// The levels as the commit log keeps them.
  var texts: [String] { keys.map(\.text) }

  /// What is wrong with a value of `partition_by`.
  struct Problem: Error {
    let message: String
    let hint: String?
  }

  /// Reads a list of `column`, `month(column)` or `{column, unit, name}`.
  init(_ value: JSONValue, keepsColumns: Bool) throws(Problem) {
    var keys: [Key] = []
    for entry in value.array ?? [value] {
      let key = try Self.key(entry)
      guard !keys.contains(where: { $0.name.hasSameBytes(as: key.name) }) else {
        throw Problem(
          message: "two levels of folders are called \"\(key.name)\"",
          hint: "{\"column\": …, \"unit\": …, \"name\": …} gives a level a name of its own."
        )
      }
      keys.append(key)
    }
    self.keys = keys
    self.keepsColumns = keepsColumns
  }

  private static func key(_ entry: JSONValue) throws(Problem) -> Key {
    switch entry {
    case .string(let text):
      guard text.hasSuffix(")"), let open = text.firstIndex(of: "("),
        let unit = Unit(rawValue: String(text[..<open]))
      else { return Key(column: text, unit: nil, name: text) }
      let column = String(text[text.index(after: open)...].dropLast())
      return Key(column: column, unit: unit, name: "\(column)_\(unit.rawValue)")
    case .object(let object):
      for key in object.keys where !["column", "unit", "name"].contains(key) {
        throw Problem(message: "unknown key \"\(key)\"", hint: "It has column, unit and name.")
      }
      guard let column = object["column"]?.string else {
        throw Problem(message: "an entry without \"column\"", hint: nil)
      }
      var unit: Unit?
      if let name = object["unit"]?.string {
        guard let known = Unit(rawValue: name) else {
          throw Problem(
            message: "there is no unit \"\(name)\"",
            hint: "There are \(Unit.allCases.map(\.rawValue).joined(separator: ", "))."
          )
        }
        unit = known
      }
      let name = unit.map { "\(column)_\($0.rawValue)" } ?? column
      return Key(column: column, unit: unit, name: object["name"]?.string ?? name)
    default:
      throw Problem(
        message: "an entry must be text or an object",
        hint: "\"country\", \"month(created_at)\", or {\"column\": …, \"unit\": …, \"name\": …}"
      )
    }
  }

  /// What stops a table of `schema` from being divided so; nil if nothing does.
  func problem(in schema: Schema) -> Problem? {
    for key in keys {
      guard let field = schema.fields.first(where: { $0.name.hasSameBytes(as: key.column) }) else {
        let near = Nearest.name(to: key.column, among: schema.fields.map(\.name))
        return Problem(
          message: "there is no column \"\(key.column)\" to divide by",
          hint: near.map { "Did you mean \"\($0)\"?" }
        )
      }
      if let unit = key.unit {
        switch field.type {
        case .timestamp: continue
        case .date where unit != .hour: continue
        default:
          return Problem(
            message: "the column \"\(key.column)\" has no \(unit.rawValue)",
            hint: "Its type is \(TypeText(field.type).text)."
          )
        }
      }
      switch field.type {
      case .float16, .float, .double, .json, .binary, .time, .structure, .list, .map:
        return Problem(
          message: "a table cannot be divided by values of \"\(key.column)\"",
          hint: "Its type is \(TypeText(field.type).text); text, whole and decimal numbers, dates, "
            + "timestamps, booleans and UUIDs can name folders."
        )
      default: continue
      }
    }
    guard !fileSchema(schema).fields.isEmpty else {
      return Problem(
        message: "no column would be left for the files",
        hint: "\"partition_columns_in_file\": true keeps them."
      )
    }
    return nil
  }

  /// The columns of the files: without those whose values the folders tell, unless they are kept.
  func fileSchema(_ schema: Schema) -> Schema {
    guard !keepsColumns else { return schema }
    let told = Set(keys.filter { $0.unit == nil }.map { Array($0.column.utf8) })
    return Schema(schema.fields.filter { !told.contains(Array($0.name.utf8)) })
  }
}
