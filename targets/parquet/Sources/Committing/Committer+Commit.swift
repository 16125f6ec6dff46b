import Commits
import ConnectorKit
import JSON
import Posix
import Storage
import Wire

extension Committer {
  /// Commits every file that is open or whole, with the waiting STATE.
  mutating func commit(_ tables: [Table]) throws(Failure) {
    if let failure { throw failure }
    let writers = tables.map(\.writer)
    let partitions = partitions
    try working { (encoder) in
      try encoder.submit(cost: 0) {
        for writer in writers { try writer.close() }
        partitions.clear()
      }
      try encoder.drain()
    }
    let skipped = takeSkipped(tables)
    var removals = Self.removals(tables)
    let loaded = writers.flatMap { $0.takeFinished() }.filter { file in
      !removals.contains { $0.stream == file.stream && $0.1.takesStaged(file) }
    }
    let deletion = try softDeletion(tables, loaded)
    let files = deletion.files(loaded)
    removals += deletion.removals
    let state = waiting.map(\.value) ?? committed
    lastCommit = Clock.monotonic
    // A stream that is loaded anew and has nothing now is empty from here on.
    let isEmptied = isEnding && tables.contains { isReplaced($0.stream) }
    guard !files.isEmpty || state != committed || !removals.isEmpty || isEmptied else {
      for table in tables { table.activeVersion = nil }
      try echo()
      return
    }
    for table in tables
    where table.rowsWritten > 0 || table.awaitsReplacement || table.firstGeneration != nil
      || deletion.changes(table.stream)
    {
      tableSchemas[table.stream] = TableSchema.json(table)
    }
    do throws(CommitError) {
      try log.commit(
        files: files,
        state: state,
        tables: tableSchemas,
        progress: (waiting == nil ? states.committed : states.waiting, isEnding),
        // What a stream had goes with its first rows, or at the end where it brought none.
        begins: isEnding ? Set(tables.map(\.stream)) : [],
        removing: removals,
        skipped: skipped,
        snapshots: tables.filter { $0.loading.hasSnapshots && tableSchemas[$0.stream] != nil }
          .map { ($0.stream, $0.folder) }
      )
      tableSchemas = log.last?.tables ?? tableSchemas
    } catch {
      throw fail(Failure(error))
    }
    for table in tables {
      if !deletion.deferred.contains(Array(table.stream.utf8)) { table.activeVersion = nil }
      table.firstGeneration = nil
      table.awaitsReplacement = false
    }
    commits += 1
    rowsCommitted += loaded.reduce(0) { $0 + $1.rows }
    bytesCommitted += loaded.reduce(0) { $0 + $1.bytes }
    filesCommitted += loaded.count
    count(loaded, of: tables)
    reporter.commit(
      sequence: log.nextSequence - 1,
      rows: rowsCommitted,
      bytes: bytesCommitted,
      files: filesCommitted
    )
    committed = state
    if waiting != nil { states.committed = states.waiting }
    try echo()
    Failpoint.echoed.reached()
    // What could not be read before it was committed is marked by a commit of its own.
    if !deletion.deferred.isEmpty { try commit(tables) }
  }

  /// Counts the rows of each table that have become visible, and tells them before the commit is
  /// told.
  private func count(_ loaded: [Commit.File], of tables: [Table]) {
    var rows: [String: Int] = [:]
    for file in loaded { rows[file.stream, default: 0] += file.rows }
    for table in tables {
      guard let count = rows[table.stream] else { continue }
      table.rowsCommitted += count
      reporter.tell(table)
    }
  }

  /// Writes the rows of versions before an active one anew, marked as deleted.
  private mutating func softDeletion(
    _ tables: [Table],
    _ loaded: [Commit.File]
  ) throws(Failure) -> SoftDeletion {
    var deletion = SoftDeletion(store)
    let active = tables.filter { $0.activeVersion != nil && !$0.loading.deletesOtherVersions }
    guard !active.isEmpty else { return deletion }
    do {
      let replacement = Replacement(pending: log.last?.replacing ?? [:])
      // Rows that give way to this commit's are not brought back.
      let visible = try Snapshot.allFiles(store, settings.pipeline)
        .filter { !replacement.concerns($0) }
      for table in active {
        guard let version = table.activeVersion else { continue }
        try deletion.find(table, before: version, visible: visible, staged: loaded)
      }
      guard !deletion.isEmpty else { return deletion }
      try log.begin()
      try deletion.write(
        log.folder,
        staging: log.staging,
        sequence: log.nextSequence,
        part: loaded.count + 1
      )
    } catch let error as CommitError {
      throw fail(Failure(error))
    } catch let error as Failure {
      throw fail(error)
    } catch {
      throw fail(Failure(.bug, "marking deleted rows: \(error)"))
    }
    return deletion
  }

  /// How many rows were left out since the last commit, by stream.
  private mutating func takeSkipped(_ tables: [Table]) -> [(stream: String, rows: Int)] {
    tables.compactMap { table in
      guard let rows = table.writer.repeats?.takeSkipped(), rows > 0 else { return nil }
      table.rowsSkipped += rows
      rowsSkipped += rows
      return (table.stream, rows)
    }
  }

  /// Which rows go with the next commit.
  private static func removals(_ tables: [Table]) -> [(stream: String, Removal)] {
    tables.flatMap { table -> [(stream: String, Removal)] in
      if table.awaitsReplacement { return [(table.stream, .all)] }
      let version = table.loading.deletesOtherVersions ? table.activeVersion : nil
      let removals = [
        version.map { Removal.otherVersions($0) },
        table.firstGeneration.map { Removal.generations(before: $0) },
      ]
      return removals.compactMap { $0 }.map { (table.stream, $0) }
    }
  }

  /// Tells the STATE that has just been committed.
  private mutating func echo() throws(Failure) {
    guard let state = waiting else { return }
    waiting = nil
    do throws(PosixError) {
      var output = BlockWriter(1)
      for line in state.echo { try output.write(line + [0x0A]) }
      try output.flush()
    } catch {
      throw Failure(error)
    }
  }
}
