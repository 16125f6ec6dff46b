import ConnectorKit
import JSON
import Posix
import Wire

extension StreamSync {
  /// Reads one file; false if a signal ended it early.
  mutating func read(
    _ file: SourceFile,
    _ bookmarks: inout Bookmarks,
    to writer: inout MessageWriter
  ) throws(Failure) -> Bool {
    var reader = try CSVReader.open(file, settings)
    guard let header = try reader.header(settings) else {
      warn("\(file.path) is empty")
      return true
    }
    for remark in header.remarks { warn(remark) }
    let plan = RecordPlan(
      stream: settings.name,
      header: header.names,
      columns: columns,
      collect: settings.raggedness.column,
      cursor: cursor?.column
    )
    try check(plan, header, file)
    var row = try resume(&reader, file)
    var encoder = RecordEncoder(plan, header: header.names, settings: settings, cursor: cursor)
    let first = row
    var target = stateInterval.map { row + $0 } ?? .max
    while true {
      let stop: RecordEncoder.Stop
      do throws(Failure) {
        stop = try encoder.encode(&reader, rowLimit: target - first)
      } catch {
        // The rows before the one at fault are good.
        try drain(&encoder, to: &writer)
        throw error
      }
      row = first + encoder.rows
      var isSignalled = false
      switch stop {
      case .output: break
      case .input:
        if try !reader.more() {
          try drain(&encoder, to: &writer)
          cursor = encoder.cursor
          return true
        }
      case .rows: target = row + (stateInterval ?? 0)
      }
      isSignalled = Signals.received != nil
      if stop == .output || stop == .rows || isSignalled { try drain(&encoder, to: &writer) }
      if stop == .rows || isSignalled {
        cursor = encoder.cursor
        bookmark.place = Bookmark.Place(
          file: file,
          row: row,
          line: reader.line,
          offset: reader.offset
        )
        try state(&bookmarks, &writer)
      }
      if isSignalled { return false }
    }
  }

  private func drain(
    _ encoder: inout RecordEncoder,
    to writer: inout MessageWriter
  ) throws(Failure) {
    unsafe try encoder.drain { (lines, records) throws(Failure) in
      unsafe try writer.lines(lines, records: records, of: settings.name)
    }
  }

  /// Goes on where a former sync stopped, if the file is as it was then; returns the row.
  private mutating func resume(
    _ reader: inout CSVReader,
    _ file: SourceFile
  ) throws(Failure) -> Int {
    guard let place = bookmark.place, place.file.path == file.path else { return 0 }
    guard place.file == file else {
      warn(
        "\(file.path) has changed since the last sync stopped in it: it is read from its beginning"
      )
      return 0
    }
    if let offset = place.offset, reader.offset != nil, offset <= file.size {
      try reader.seek(to: offset, line: place.line)
    } else {
      _ = try reader.skip(rows: place.row)
    }
    Log.info("\(settings.name): going on at \(file.path):\(place.line)")
    return place.row
  }

  private mutating func check(
    _ plan: RecordPlan,
    _ header: Header,
    _ file: SourceFile
  ) throws(Failure) {
    for name in plan.unknown {
      warn(
        "\(file.path): column \(JSONText.quoted(name)) is not in the catalog and is left out; "
          + "discover again to have it"
      )
    }
    for key in entry.keyProperties + (cursor.map { [$0.column] } ?? [])
    where !header.names.contains(where: { $0.utf8.elementsEqual(key.utf8) }) {
      throw Failure(
        .data,
        "\(file.path):1: the header lacks \(JSONText.quoted(key)), a key of stream \(settings.name)",
        hint: Nearest.name(to: key, among: header.names).map {
          "Is it called \(JSONText.quoted($0)) here? \"names\" can rename the columns."
        } ?? "Leave the file out of the pattern, or set \"names\"."
      )
    }
  }
}
