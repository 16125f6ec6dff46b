import JSON
import Parquet
import Supervisor
import Wire

/// The rows of a Parquet file, one after another; a row group of them is in memory.
enum ParquetRows {
  static func each(
    _ file: DataFile,
    _ body: (JSONObject) throws(Failure) -> Bool
  ) throws(Failure) {
    let reader = try reading(file) { () throws(ReadError) in
      try FileReader(size: file.size, source: file.source)
    }
    let names = reader.columnNames
    for group in reader.footer.groups.indices {
      var rows: RowAssembler
      do throws(ReadError) {
        rows = RowAssembler(try reader.rowGroup(group))
      } catch {
        throw Failure(error, file.path)
      }
      while let row = try next(&rows, file) {
        let record = JSONObject(zip(names, row).map { (key: $0, value: $1.json) })
        guard try body(record) else { return }
      }
    }
  }

  private static func next(
    _ rows: inout RowAssembler,
    _ file: DataFile
  ) throws(Failure) -> [RowValue]? {
    try reading(file) { () throws(ReadError) in try rows.next() }
  }

  private static func reading<Value>(
    _ file: DataFile,
    _ body: () throws(ReadError) -> Value
  ) throws(Failure) -> Value {
    do throws(ReadError) {
      return try body()
    } catch {
      throw Failure(error, file.path)
    }
  }
}
