/// A column of a stream, as it is synced.
struct Column: Hashable, Sendable {
  var name: String
  var kind: ColumnKind
  /// Whether the configuration says the kind: then more spellings are taken.
  var isTold: Bool
  var isSelected: Bool
}
