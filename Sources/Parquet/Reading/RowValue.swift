/// One value of a row for people and for JSON, in the form in which its type is written.
package enum RowValue: Sendable, Equatable {
  case null
  case boolean(Bool)
  /// Digits as JSON has them; a decimal keeps the zeros of its scale.
  case number(String)
  /// Text, JSON text, UUIDs; dates and times as ISO 8601 has them; numbers that JSON has not.
  case text(String)
  case bytes([UInt8])
  case list([RowValue])
  /// The fields of a structure, or the entries of a map.
  case structure([(name: String, value: RowValue)])

  package static func == (left: RowValue, right: RowValue) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.boolean(let one), .boolean(let other)): one == other
    case (.number(let one), .number(let other)): one == other
    case (.text(let one), .text(let other)): one == other
    case (.bytes(let one), .bytes(let other)): one == other
    case (.list(let one), .list(let other)): one == other
    case (.structure(let one), .structure(let other)):
      one.count == other.count
        && zip(one, other).allSatisfy { $0.name == $1.name && $0.value == $1.value }
    default: false
    }
  }
}
