import Columns
import JSON
import Parquet
import Wire

extension Loader {
  /// A Parquet file of a BATCH: copied as it is where its columns are the table's and nothing has to
  /// be done to its rows, else read, a row group at a time, each in memory as a whole.
  mutating func parquet(_ table: Table, _ path: String) throws(Failure) {
    let file = try ParquetFile(path)
    let reader = try file.reader()
    let rows = reader.footer.rows
    guard rows > 0 else { return }
    let hasKeys = try file.reading { () throws(ReadError) in try Self.hasKeys(reader, table) }
    if hasKeys, takesWhole(file, reader, table) {
      try file.reading { () throws(ReadError) in try reader.checkPlaces() }
      // While a STATE waits, no row that came after it may reach a file.
      try commitWaiting()
      try committer.copy(table, file, rows: rows)
      count(table, rows: rows, bytes: file.size)
      return
    }
    if let misfit = ParquetFit.misfit(reader.schema, table.schema) {
      throw Failure(
        .data,
        "\(path): the column \(misfit.path) is \(TypeText(misfit.file).text) in the file, "
          + "\(TypeText(misfit.table).text) in the table of stream \(table.stream)",
        hint: "Let the tap declare in its SCHEMA what it writes."
      )
    }
    var line = 0
    for index in reader.footer.groups.indices {
      let group = try file.reading { () throws(ReadError) in try reader.rowGroup(index) }
      if let column = TextCheck.invalidColumn(group) {
        throw Failure(.data, "\(path): the column \(column) has text that is not UTF-8")
      }
      if hasKeys, table.recordMetadata == nil, ParquetFit.areSame(reader.schema, table.schema) {
        let bytes = reader.footer.groups[index].compressed
        table.batch.append(rowsOf: group)
        count(table, rows: group.rows, bytes: max(bytes, 0))
        line += group.rows
        try balance()
      } else {
        try records(table, of: group, in: file, &line)
      }
    }
  }

  /// Whether no key of the stream is null in the file, or missing from it.
  private static func hasKeys(_ reader: FileReader, _ table: Table) throws(ReadError) -> Bool {
    let leaves = reader.schema.leaves
    for key in table.keyColumns {
      let name = table.schema.leaves[key.leaf].path
      guard let place = leaves.firstIndex(where: { $0.path.hasSameBytes(as: name) }) else {
        return false
      }
      if leaves[place].maxDefinition > 0, try reader.nulls(ofLeaf: place) > 0 { return false }
    }
    return true
  }

  /// Whether a file can be one of the table's as it is.
  ///
  /// What a contract says of the table stands in the footers of its files, so it is written anew.
  private func takesWhole(_ file: ParquetFile, _ reader: FileReader, _ table: Table) -> Bool {
    let stream = settings.settings(of: table.stream)
    return stream.layout.takesWhole(rows: reader.footer.rows, bytes: file.size)
      && stream.loading.flattening == nil && stream.loading.repeatWindow == nil
      && table.recordMetadata == nil && table.metadata.isEmpty
      && ParquetFit.agree(reader.schema, table.schema)
  }

  /// Takes rows as if they had come as records.
  private mutating func records(
    _ table: Table,
    of group: consuming Batch,
    in file: ParquetFile,
    _ line: inout Int
  ) throws(Failure) {
    var lines = RowLines(group, for: table.schema)
    while true {
      let text = try next(&lines, file)
      guard let text else { return }
      // SAFETY: the bytes stay in place during the call.
      let outcome = unsafe text.withUnsafeBytes { bytes in
        Result { () throws(Failure) in unsafe try records(table, bytes, file.path, &line) }
      }
      try outcome.get()
      try balance()
    }
  }

  private func next(_ lines: inout RowLines, _ file: ParquetFile) throws(Failure) -> [UInt8]? {
    do throws(RowLines.Problem) {
      return try lines.next(1 << 16)
    } catch {
      switch error {
      case .read(let error): throw file.failure(error)
      case .noJSON(let column, let text):
        throw Failure(
          .data,
          "\(file.path): the column \(column) has the value \(text), which is taken only where the "
            + "file has the table's own columns"
        )
      }
    }
  }

  private mutating func count(_ table: Table, rows: Int, bytes: Int) {
    table.rowsRead += rows
    table.bytesRead += bytes
    rowsSinceCommit += rows
    bytesSinceCommit += bytes
  }
}

extension [String] {
  /// Whether the names are spelled alike, byte for byte.
  fileprivate func hasSameBytes(as other: [String]) -> Bool {
    count == other.count && zip(self, other).allSatisfy { $0.hasSameBytes(as: $1) }
  }
}
