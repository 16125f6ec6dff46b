import Columns
import ConnectorKit
import JSON
import Posix
import Wire

// SAFETY, for the whole file: positions lie inside the region of whole lines that the reader lent.

extension Loader {
  /// A BATCH line: the records of its files, lines read in blocks.
  mutating func batch(_ message: Message, _ start: Position) throws(Failure) {
    guard let stream = message.stream, let place = places[Array(stream.utf8)] else {
      throw violation(
        "a BATCH of stream \(message.stream ?? "without a name") before a corresponding schema",
        hint: "A SCHEMA message of the stream must come first."
      )
    }
    let files: [BatchFile]
    do throws(Failure) {
      files = unsafe try BatchFile.read(
        message.value("encoding", in: start),
        manifest: message.value("manifest", in: start),
        under: settings.batchRoots
      )
    } catch {
      throw Failure(error.kind, "line \(lineNumber + 1): \(error.message)", hint: error.hint)
    }
    let table = tables[place]
    for file in files {
      switch file.form {
      case .parquet: try parquet(table, file.path)
      case .lines(let codec):
        var line = 0
        unsafe try file.lines(codec, limit: settings.lineLimit) { (region) throws(Failure) in
          unsafe try records(table, region, file.path, &line)
          try balance()
        }
      }
    }
  }

  /// Decodes lines that are records; `line` counts them.
  mutating func records(
    _ table: Table,
    _ region: UnsafeRawBufferPointer,
    _ path: String,
    _ line: inout Int
  ) throws(Failure) {
    guard var p = unsafe region.bindMemory(to: UInt8.self).baseAddress else { return }
    let end = unsafe p + region.count
    while unsafe p < end {
      let next = unsafe Self.lineEnd(p, end)
      let start = unsafe JSONScanner.skipWhitespace(p, next)
      line += 1
      if unsafe start < next { unsafe try batchRecord(table, start, next, "\(path):\(line)") }
      unsafe p = unsafe next
    }
    table.bytesRead += region.count
    bytesSinceCommit += region.count
  }

  private mutating func batchRecord(
    _ table: Table,
    _ start: Position,
    _ end: Position,
    _ place: String
  ) throws(Failure) {
    while true {
      let rows = table.batch.rows
      let after = unsafe table.lines.records.decode(start, end, into: &table.batch)
      if let after = unsafe after {
        guard unsafe JSONScanner.skipWhitespace(after, end) == end else {
          table.batch.truncate(toRows: rows)
          throw Failure(.data, "\(place): more than one record in a line")
        }
        if table.hasNewNullKeys() {
          let bytes = unsafe UnsafeRawBufferPointer(start: start, count: end - start)
          let record = unsafe try? JSONValue.parse(bytes)
          for key in table.keys where record?[key] == nil {
            table.batch.truncate(toRows: rows)
            throw Failure(.data, "\(place): a record with missing key properties: \(key)")
          }
        }
        table.recordMetadata?.fill(&table.batch, [RecordMetadata.Told()], version: table.version)
        table.rowsRead += 1
        rowsSinceCommit += 1
        return
      }
      do throws(Failure) {
        try recover(table, table.lines.records.failure)
      } catch {
        throw Failure(error.kind, "\(place): \(error.message)", hint: error.hint)
      }
    }
  }
}
