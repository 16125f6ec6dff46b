/// A JSON value as a tree that loses nothing: key order and number text are kept.
public enum JSONValue: Sendable {
  case null
  case bool(Bool)
  case number(JSONNumber)
  case string(String)
  case array([JSONValue])
  case object(JSONObject)

  /// The member of an object; nil for other values and for an absent key.
  public subscript(key: String) -> JSONValue? { object?[key] }

  /// The value's object, if it is one.
  public var object: JSONObject? { if case .object(let object) = self { object } else { nil } }
  /// The value's elements, if it is an array.
  public var array: [JSONValue]? { if case .array(let array) = self { array } else { nil } }
  /// The value's text, if it is a string.
  public var string: String? { if case .string(let string) = self { string } else { nil } }
  /// The value's number, if it is one.
  public var number: JSONNumber? { if case .number(let number) = self { number } else { nil } }
  /// The value's truth, if it is a boolean.
  public var bool: Bool? { if case .bool(let bool) = self { bool } else { nil } }
  /// Whether the value is null.
  public var isNull: Bool { if case .null = self { true } else { false } }
}

extension JSONValue: Hashable {
  /// Equality as JSON Schema has it: numbers by exact value, objects regardless of order, strings
  /// by their bytes.
  public static func == (left: Self, right: Self) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.bool(let left), .bool(let right)): left == right
    case (.number(let left), .number(let right)): left == right
    case (.string(let left), .string(let right)): left.hasSameBytes(as: right)
    case (.array(let left), .array(let right)): left == right
    case (.object(let left), .object(let right)): left == right
    default: false
    }
  }

  /// Hashes what `==` compares.
  public func hash(into hasher: inout Hasher) {
    switch self {
    case .null: hasher.combine(0)
    case .bool(let bool): hasher.combine(bool)
    case .number(let number): hasher.combine(number)
    case .string(let string): for byte in string.utf8 { hasher.combine(byte) }
    case .array(let array): hasher.combine(array)
    case .object(let object): hasher.combine(object)
    }
  }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral,
  ExpressibleByNilLiteral
{
  /// Creates a string.
  public init(stringLiteral value: String) { self = .string(value) }
  /// Creates a number.
  public init(integerLiteral value: Int) { self = .number(JSONNumber(value)) }
  /// Creates a boolean.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// Creates an array.
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  /// Creates an object.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(JSONObject(elements.map { (key: $0.0, value: $0.1) }))
  }
  /// Creates null.
  public init(nilLiteral: ()) { self = .null }
}
