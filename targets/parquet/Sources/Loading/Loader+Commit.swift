import Columns
import ConnectorKit
import Wire

extension Loader {
  /// A divided table's rows are handed over early, since they wait again for more of their folder.
  private var dividedBudget: Int { max(settings.memory / 32, 1 << 18) }

  /// Writes row groups until what waits is within the budget.
  mutating func balance() throws(Failure) {
    for table in tables where table.isDivided && table.batch.byteCount > dividedBudget {
      if table.marked > 0 || !committer.hasWaiting || isHolding { try relieve(table) }
    }
    var sizes = tables.map { (table: $0, bytes: $0.batch.byteCount) }
    var total = sizes.reduce(0) { $0 + $1.bytes }
    guard total > settings.batchBudget else { return }
    sizes.sort { $0.bytes > $1.bytes }
    for (table, bytes) in sizes {
      guard total > settings.batchBudget else { return }
      try relieve(table)
      total -= bytes - table.batch.byteCount
    }
  }

  /// Writes what may be written of a table: rows before the waiting STATE, or, if there are none,
  /// all of them after that STATE's commit.
  private mutating func relieve(_ table: Table) throws(Failure) {
    if committer.hasWaiting, !isHolding {
      if table.marked > 0 {
        try handOver(table, before: table.marked)
        return
      }
      try commitWaiting()
    }
    try handOver(table, before: table.batch.rows)
  }

  /// Gives the rows before `row` to the encoder.
  ///
  /// Many rows of a divided table are not encoded beside the next ones: they wait for more of their
  /// folder, and both would take too much.
  mutating func handOver(_ table: Table, before row: Int) throws(Failure) {
    let bytes = table.batch.byteCount
    let isMuch = table.isDivided && bytes > 2 * dividedBudget
    // The next batch takes over the memory of the one that has been encoded.
    try committer.makeRoom(for: bytes)
    try committer.write(table, table.takeRows(before: row))
    if isMuch { try committer.drain() }
  }

  /// Commits what the waiting STATE covers; rows after it stay where they are.
  mutating func commitWaiting() throws(Failure) {
    guard committer.hasWaiting, !isHolding else { return }
    for table in tables where table.marked > 0 {
      try handOver(table, before: table.marked)
    }
    try committer.commit(tables)
    bytesSinceCommit = 0
    rowsSinceCommit = 0
  }

  /// Whether a table is being replaced: there is one commit then, at the end of the whole load.
  private var isHolding: Bool { tables.contains { $0.awaitsReplacement } }

  /// Ends the input: commits what is proven, all of it or what the last STATE covers.
  mutating func end(includingTail: Bool) throws(Failure) {
    for table in tables where table.generation?.minimum ?? 0 > 0 && !table.isComplete {
      Log.warning(
        "stream \(table.stream): no status COMPLETE has come, so rows of former generations stay"
      )
    }
    if includingTail {
      if committer.states.seen > 0, tailRows > 0 {
        Log.warning(
          "\(tailRows) rows came after the tap's last STATE: they are there, and the next run reads "
            + "them again (`tail: discard` in the target's configuration leaves them to it)"
        )
      }
      for table in tables {
        try handOver(table, before: table.batch.rows)
      }
      committer.isEnding = true
      try committer.commit(tables)
    } else {
      for table in tables where table.awaitsReplacement {
        Log.warning("stream \(table.stream): the load did not end well, so the former rows stay")
      }
      try commitWaiting()
    }
  }

  /// Rows that came after the last STATE.
  var tailRows: Int {
    // What a STATE that waits covers is marked, or written already.
    if committer.hasWaiting { return tables.reduce(0) { $0 + $1.batch.rows - $1.marked } }
    let read = tables.reduce(0) { $0 + $1.rowsRead }
    return read - committer.rowsCommitted - committer.rowsSkipped
  }

  /// Tells the supervisor what has come in, if that is due or `always`.
  mutating func report(always: Bool = false) {
    let isDue = committer.reporter.isDue()
    guard committer.reporter.isListening, isDue || always else { return }
    for table in tables { committer.reporter.tell(table) }
  }

  /// The line for people at the end of a run.
  func summarise() {
    for table in tables {
      let skipped =
        table.rowsSkipped == 0
        ? "" : ", \(table.rowsSkipped) skipped, equal to the last row with their key"
      Log.info("\(table.stream): \(table.rowsRead) rows read\(skipped)")
    }
    Log.info("\(committer.rowsCommitted) rows in \(committer.commits) commits")
    for (type, count) in passed.sorted(by: { $0.key < $1.key }) {
      Log.info("\(count) messages of type \(type) were passed by")
    }
    for table in tables {
      let records = table.lines.records.unknownKeys + table.lines.records.unknownPaths
      for (name, count) in records {
        Log.warning(
          "stream \(table.stream): the undeclared field \(name) of \(count) records was dropped"
        )
      }
      if table.valuesCut > 0 {
        Log.warning(
          "stream \(table.stream): \(table.valuesCut) times lost digits beyond their column's unit: "
            + "\"time_unit\": \"nanos\" keeps nine"
        )
      }
    }
  }
}
