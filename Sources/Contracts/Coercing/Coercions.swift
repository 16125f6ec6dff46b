internal import JSON

/// The changes of notation that a contract asks for before its values are judged.
package struct Coercions: OptionSet, Hashable, Sendable {
  package let rawValue: UInt8

  package init(rawValue: UInt8) { self.rawValue = rawValue }

  /// White space around a text is taken away.
  package static let trim = Self(rawValue: 1)
  /// An empty text becomes null.
  package static let emptyToNull = Self(rawValue: 2)
  /// A text that is a JSON number becomes that number, digit for digit.
  package static let number = Self(rawValue: 4)
  /// `"true"`, `"false"`, `"1"`, `"0"`, 1 and 0 become booleans.
  package static let boolean = Self(rawValue: 8)
  /// A number of seconds since 1970 becomes a timestamp in UTC.
  package static let epochSeconds = Self(rawValue: 16)
  /// A number of milliseconds since 1970 becomes a timestamp in UTC.
  package static let epochMilliseconds = Self(rawValue: 32)

  /// Not asked for by name: a number becomes one only if it is whole.
  static let whole = Self(rawValue: 64)

  /// All of them with the names that contracts use, in the order in which they are applied.
  package static let names: [(name: String, kind: Self)] = [
    ("trim", .trim), ("empty_to_null", .emptyToNull), ("number", .number), ("boolean", .boolean),
    ("epoch_s", .epochSeconds), ("epoch_ms", .epochMilliseconds),
  ]

  package static let epoch: Self = [.epochSeconds, .epochMilliseconds]

  /// Why the value of `dativo.coerce` is none.
  struct Problem: Error {
    let message: String
    let hint: String?
  }

  /// Reads a name or a list of names.
  init(_ value: JSONValue) throws(Problem) {
    let all = Self.names.map(\.name)
    let hint = "It is a list of \(all.joined(separator: ", "))."
    guard let list = value.array ?? value.string.map({ [.string($0)] }) else {
      throw Problem(message: "dativo.coerce is no list of names", hint: hint)
    }
    self = []
    for element in list {
      guard let name = element.string, let known = Self.names.first(where: { $0.name == name })
      else {
        let name = element.string ?? element.encoded()
        let near = Nearest.name(to: name, among: all)
        throw Problem(
          message: "unknown coercion \"\(name)\"",
          hint: near.map { "Did you mean \"\($0)\"?" } ?? hint
        )
      }
      insert(known.kind)
    }
    if isSuperset(of: Self.epoch) {
      throw Problem(message: "a number is either epoch_s or epoch_ms, not both", hint: nil)
    }
  }

  /// Those of them that lead to a value of `type`; nil stands for any.
  func suiting(_ type: LogicalType?) -> Self {
    switch type {
    case .string?, .time?: intersection([.trim, .emptyToNull])
    case .number?: intersection([.trim, .emptyToNull, .number])
    case .integer?:
      intersection([.trim, .emptyToNull, .number]).union(contains(.number) ? .whole : [])
    case .boolean?: intersection([.trim, .emptyToNull, .boolean])
    case .date?, .timestamp?:
      // A text is read as a number only on the way to a timestamp.
      isDisjoint(with: Self.epoch)
        ? intersection([.trim, .emptyToNull])
        : intersection([.trim, .emptyToNull, .number, .epochSeconds, .epochMilliseconds])
    case .object?, .array?, .map?, .vector?: []
    case nil: self
    }
  }

  /// Their names.
  package var text: String {
    Self.names.filter { contains($0.kind) }.map(\.name).joined(separator: ", ")
  }
}
