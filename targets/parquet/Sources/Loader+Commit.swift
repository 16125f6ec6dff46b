import Columns
import ConnectorKit
import Wire

extension Loader {
  /// What one table's rows may take before they become a row group.
  ///
  /// Two such batches, one filling
  /// and one being encoded, and the encoder's own buffers stay within the limit together. A file
  /// ends between row groups only, so a small one wants small row groups.
  private var budget: Int { max(min(settings.memory / 4, settings.fileSize), 1 << 18) }

  /// Writes row groups until what waits is within the budget.
  mutating func balance() throws(Failure) {
    var sizes = tables.map { (table: $0, bytes: $0.batch.byteCount) }
    var total = sizes.reduce(0) { $0 + $1.bytes }
    guard total > budget else { return }
    sizes.sort { $0.bytes > $1.bytes }
    for (table, bytes) in sizes {
      guard total > budget else { return }
      try relieve(table)
      total -= bytes - table.batch.byteCount
    }
  }

  /// Writes what may be written of a table: rows before the waiting STATE, or, if there are none,
  /// all of them after that STATE's commit.
  private mutating func relieve(_ table: Table) throws(Failure) {
    if committer.hasWaiting {
      if table.marked > 0 {
        try committer.write(table, table.takeRows(before: table.marked))
        return
      }
      try commitWaiting()
    }
    try committer.write(table, table.takeRows(before: table.batch.rows))
  }

  /// Commits what the waiting STATE covers; rows after it stay where they are.
  mutating func commitWaiting() throws(Failure) {
    guard committer.hasWaiting else { return }
    for table in tables where table.marked > 0 {
      try committer.write(table, table.takeRows(before: table.marked))
    }
    try committer.commit(tables)
    bytesSinceCommit = 0
    rowsSinceCommit = 0
  }

  /// Ends the input: commits what is proven, all of it or what the last STATE covers.
  mutating func end(includingTail: Bool) throws(Failure) {
    if includingTail {
      for table in tables {
        try committer.write(table, table.takeRows(before: table.batch.rows))
      }
      try committer.commit(tables)
    } else {
      try commitWaiting()
    }
  }

  /// Rows that came after the last STATE.
  var tailRows: Int {
    tables.reduce(0) { sum, table in
      sum + table.rowsRead
    } - committer.rowsCommitted
  }

  /// Tells the supervisor what has come in, if that is due or `always`.
  mutating func report(always: Bool = false) {
    let isDue = committer.reporter.isDue()
    guard committer.reporter.isListening, isDue || always else { return }
    for table in tables {
      committer.reporter.stream(
        table.stream,
        recordsIn: table.rowsRead,
        recordsOut: table.rowsWritten,
        bytesIn: table.bytesRead
      )
    }
  }

  /// The line for people at the end of a run.
  func summarise() {
    for table in tables {
      Log.info("\(table.stream): \(table.rowsRead) rows read")
    }
    Log.info("\(committer.rowsCommitted) rows in \(committer.commits) commits")
    for (type, count) in passed.sorted(by: { $0.key < $1.key }) {
      Log.info("\(count) messages of type \(type) were passed by")
    }
    for table in tables {
      let unknown = table.lines.records.unknownKeys
      for (name, count) in unknown {
        Log.warning("stream \(table.stream): \(count) records had the undeclared field \(name)")
      }
    }
  }
}
