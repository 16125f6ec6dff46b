package import JSON

/// A value that its column cannot hold.
package struct Misfit: Hashable, Sendable {
  /// Why it does not fit.
  package enum Kind: String, Hashable, Sendable {
    /// The value is of another JSON type.
    case type
    /// A number beyond the column's range or precision.
    case range
    /// Text that is not written as the column's format has it.
    case format
    /// Null, or nothing, where a value is required.
    case missing
  }

  /// Why it does not fit.
  package let kind: Kind
  /// The names from the top-level field down; a list contributes `element`.
  package let path: [String]
  /// The index of the top-level field.
  package let fieldIndex: Int
  /// The value's exact JSON text; empty when the key is absent.
  package let value: [UInt8]
}

/// Why a record did not become a row.
package enum RecordFailure: Error, Hashable {
  /// A value does not fit its column; the row was taken back.
  case misfit(Misfit)
  /// The bytes are not JSON, or not an object; `remaining` bytes before the end that was given.
  case invalid(JSONFault)
}
