/// The bytes that give a CSV file its structure.
struct Dialect: Hashable, Sendable {
  /// What stands for "no such byte": it occurs in no UTF-8 text.
  static let none: UInt8 = 0xFF

  /// Between two cells.
  var delimiter: UInt8 = 0x2C
  /// Around a cell; doubled inside it.
  var quote: UInt8 = 0x22
  /// Before a byte that is to be taken as it is.
  var escape: UInt8 = none
  /// The unquoted texts that mean null.
  var nulls: [[UInt8]] = [[]]
  /// Whether a quoted text may mean null too.
  var quotedNulls = false

  var hasQuote: Bool { quote != Self.none }
  var hasEscape: Bool { escape != Self.none }
}
