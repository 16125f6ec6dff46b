package import JSON

/// A set of the kinds that a JSON value may have.
package struct ValueKinds: OptionSet, Hashable, Sendable {
  package let rawValue: UInt8

  package init(rawValue: UInt8) { self.rawValue = rawValue }

  package static let null = ValueKinds(rawValue: 1)
  package static let boolean = ValueKinds(rawValue: 2)
  package static let integer = ValueKinds(rawValue: 4)
  /// A number of any kind; a set with it need not hold `integer`.
  package static let number = ValueKinds(rawValue: 8)
  package static let string = ValueKinds(rawValue: 16)
  package static let object = ValueKinds(rawValue: 32)
  package static let array = ValueKinds(rawValue: 64)
  package static let all = ValueKinds(rawValue: 127)

  private static let names: [(String, ValueKinds)] = [
    ("null", .null), ("boolean", .boolean), ("integer", .integer), ("number", .number),
    ("string", .string), ("object", .object), ("array", .array),
  ]

  /// The kind that JSON Schema calls `name`.
  package init?(name: String) {
    guard let kind = Self.names.first(where: { $0.0 == name })?.1 else { return nil }
    self = kind
  }

  /// Whether `value` is of one of the kinds; `1.0` is an integer.
  package func admits(_ value: JSONValue) -> Bool {
    switch value {
    case .null: contains(Self.null)
    case .bool: contains(Self.boolean)
    case .number(let number): contains(Self.number) || (contains(Self.integer) && number.isInteger)
    case .string: contains(Self.string)
    case .array: contains(Self.array)
    case .object: contains(Self.object)
    }
  }

  /// The kinds in words.
  package var text: String {
    let words = Self.names.filter { contains($0.1) }.map(\.0)
    return words.isEmpty ? "nothing" : words.joined(separator: " or ")
  }
}
