import Columns

/// Types that the settings ask for: narrower floats, for columns of numbers.
struct RequestedTypes {
  /// By the column's name; one within another by its path, with dots.
  private var types: [[UInt8]: ColumnType] = [:]

  /// The names of the types that can be asked for.
  static let choices = ["float", "float16"]

  /// Notes that the column `name` is to be of the type called `choice`.
  mutating func set(_ choice: String, for name: String) {
    types[Array(name.utf8)] = choice == "float16" ? .float16 : .float
  }

  /// The first of `names` whose column has no numbers, to which alone a request applies.
  func misfit(in schema: Schema, of names: [String]) -> String? {
    guard !types.isEmpty else { return nil }
    let leaves = schema.leaves
    return names.first { name in
      let bytes = Array(name.utf8)
      return types[bytes] != nil
        && leaves.contains { Self.isAt(bytes, $0.path) }
        && !leaves.contains { Self.path($0.path) == bytes && Self.isNumber($0.type) }
    }
  }

  /// `schema` with the types that were asked for.
  func applied(to schema: Schema) -> Schema {
    types.isEmpty ? schema : Schema(schema.fields.map { applied(to: $0, []) })
  }

  private func applied(to field: Field, _ path: [String]) -> Field {
    var field = field
    let path = path + [field.name]
    switch field.type {
    case .structure(let fields):
      field.type = .structure(fields.map { applied(to: $0, path) })
    case .list(var element):
      element.name = "element"
      field.type = .list(applied(to: element, path + ["list"]))
    case .map(let key, var value):
      value.name = "value"
      field.type = .map(key: key, value: applied(to: value, path + ["key_value"]))
    default:
      guard let type = types[Self.path(path)], Self.isNumber(field.type) else { break }
      // A value beyond its range is no reason to lose it: the column goes on as a wider one.
      let wider: [ColumnType] = type == .float16 ? [.float, .double] : [.double]
      field.alternatives = wider + field.alternatives.filter { !wider.contains($0) }
      field.type = type
    }
    return field
  }

  /// Whether the leaf at `path` is the column called `name`, or a part of it.
  private static func isAt(_ name: [UInt8], _ path: [String]) -> Bool {
    path.indices.contains { Self.path(Array(path[...$0])) == name }
  }

  private static func path(_ names: [String]) -> [UInt8] {
    Array(names.joined(separator: ".").utf8)
  }

  private static func isNumber(_ type: ColumnType) -> Bool {
    switch type {
    case .double, .float, .float16, .decimal, .integer: true
    default: false
    }
  }
}
