import Columns
import Parquet

/// How the columns of a Parquet file stand to those of a table.
struct ParquetFit {
  /// A column whose values the table's has no place for, as it is in the file and in the table.
  struct Misfit {
    let path: String
    let file: ColumnType
    let table: ColumnType
  }

  /// Whether a file with these columns may lie among the table's: the same names in the same
  /// order, the same types, and no null where the table has none.
  static func agree(_ file: Schema, _ table: Schema) -> Bool {
    agree(file.fields, table.fields) { $0.nullable || !$1.nullable }
  }

  /// Whether rows are the same in memory: nulls are told alike, too.
  static func areSame(_ file: Schema, _ table: Schema) -> Bool {
    agree(file.fields, table.fields) { $0.nullable == $1.nullable }
  }

  /// The first column that no value of the file's type can go into; one that the table lacks is
  /// passed by.
  static func misfit(_ file: Schema, _ table: Schema) -> Misfit? {
    misfit(file.fields, table.fields, under: "")
  }

  private static func agree(
    _ file: [Field],
    _ table: [Field],
    _ nulls: (_ table: Field, _ file: Field) -> Bool
  ) -> Bool {
    file.count == table.count
      && zip(file, table).allSatisfy { file, table in
        file.name.utf8.elementsEqual(table.name.utf8) && agree(file, table, nulls)
      }
  }

  private static func agree(
    _ file: Field,
    _ table: Field,
    _ nulls: (_ table: Field, _ file: Field) -> Bool
  ) -> Bool {
    // A column's number means the same in every file of a table.
    guard nulls(table, file), file.id == nil || file.id == table.id else { return false }
    return switch (file.type, table.type) {
    case (.structure(let file), .structure(let table)): agree(file, table, nulls)
    case (.list(let file), .list(let table)): agree(file, table, nulls)
    case (let file, let table): file == table
    }
  }

  private static func misfit(_ file: [Field], _ table: [Field], under path: String) -> Misfit? {
    for column in file {
      let name = Array(column.name.utf8)
      guard let place = table.first(where: { Array($0.name.utf8) == name }) else { continue }
      if let found = misfit(column, place, "\(path)/\(column.name)") { return found }
    }
    return nil
  }

  private static func misfit(_ file: Field, _ table: Field, _ path: String) -> Misfit? {
    switch (file.type, table.type) {
    case (_, .json): return nil
    case (.structure(let file), .structure(let table)): return misfit(file, table, under: path)
    case (.list(let file), .list(let table)): return misfit(file, table, "\(path)/element")
    default:
      let types = [table.type] + table.alternatives
      guard !types.contains(where: { takes($0, file.type) }) else { return nil }
      return Misfit(path: path, file: file.type, table: table.type)
    }
  }

  /// Whether a column takes values of another type, each of which may still turn out not to fit.
  private static func takes(_ table: ColumnType, _ file: ColumnType) -> Bool {
    switch (table, file) {
    case (.timestamp(_, let utc), .timestamp(_, let other)): utc == other
    case (.time, .time), (.decimal, .decimal), (.decimal, .integer), (.integer, .integer): true
    // Text is read as the text of a record is; JSON text as the JSON that it is.
    case (.date, .string), (.time, .string), (.timestamp, .string), (.uuid, .string): true
    case (.decimal, .string), (.structure, .json), (.list, .json): true
    default: table.holds(file)
    }
  }
}
