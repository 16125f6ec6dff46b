/// What becomes of a row with more or fewer cells than there are columns.
enum Raggedness: Hashable, Sendable {
  /// It ends the sync.
  case error
  /// Missing cells are null; surplus ones end the sync.
  case pad
  /// Missing cells are null; surplus ones go to a column, as an array of strings.
  case collect(column: String)

  var column: String? { if case .collect(let column) = self { column } else { nil } }
}
