import Columns
import Commits
import ConnectorKit
import Parquet
import Wire

/// Takes rows out that equal the last one with the same key: `dedupe`.
///
/// The rows before this run are those of the last commits, as their files have them: what is
/// skipped after a kill follows from the log. A row is held against its key's last row alone, so
/// that a value which changes and changes back stays. Used by the encoder thread, in the order of
/// the batches.
final class RepeatFilter {
  /// The rows that were skipped since the last `takeSkipped`.
  private var skipped = 0
  private let window: Int
  private let former: FormerRows
  /// The table's folder.
  private let folder: String
  private var keys: [String]?
  private var latest: LatestRows

  /// A filter that remembers about `window` rows, at first the last of `former`.
  init(window: Int, folder: String, former: FormerRows) {
    self.window = window
    self.folder = folder
    self.former = former
    latest = LatestRows(limit: window)
  }

  /// How many rows were skipped since the last call.
  func takeSkipped() -> Int {
    defer { skipped = 0 }
    return skipped
  }

  /// The rows of `batch` that are no repetitions; nil if none is one.
  ///
  /// `folders` tells where each row goes in a table whose files leave columns out.
  func fresh(
    _ batch: borrowing Batch,
    keys: [String],
    version: Int64?,
    columns: Schema,
    folders: PartitionRows?
  ) throws(Failure) -> [Bool]? {
    if self.keys != keys {
      self.keys = keys
      try remember(keys)
    }
    var paths: (texts: [String], numbers: [Int])?
    if let folders { paths = (folders.folders.map(\.path), folders.numbers(rows: batch.rows)) }
    let hashes = Hashes(batch, columns, keys, version, paths)
    var isFresh = [Bool](repeating: true, count: batch.rows)
    var repeated = 0
    for row in isFresh.indices
    where latest.isRepeated(key: hashes.keys.hashes[row], row: hashes.rows.hashes[row]) {
      isFresh[row] = false
      repeated += 1
    }
    skipped += repeated
    return repeated == 0 ? nil : isFresh
  }

  /// Takes in the rows of the last commits.
  private func remember(_ keys: [String]) throws(Failure) {
    latest = LatestRows(limit: window)
    var sequence = 0
    // Of a commit whose files do not tell the order of its rows: the row of each key.
    var unordered: [UInt64: UInt64] = [:]
    try former.forEach(limit: window) { (piece) throws(Failure) in
      if piece.sequence != sequence { unordered = [:] }
      sequence = piece.sequence
      let path = String(piece.file.path.dropFirst(folder.count + 1))
      let below = path.lastIndex(of: "/").map { String(path[..<$0]) }
      for index in piece.groups {
        let batch = try piece.rows(index)
        let numbers = below.map { ([$0], [Int](repeating: 0, count: batch.rows)) }
        let hashes = Hashes(batch, batch.schema, keys, piece.file.version, numbers)
        let isOrdered = below == nil && piece.reader.footer.groups[index].sorting.isEmpty
        for row in 0..<batch.rows {
          let key = hashes.keys.hashes[row]
          let hash = hashes.rows.hashes[row]
          _ = latest.isRepeated(key: key, row: hash)
          guard !isOrdered else { continue }
          if let other = unordered.updateValue(hash, forKey: key), other != hash {
            latest.forget(key: key)
          }
        }
      }
    }
  }
}

/// What tells keys and rows apart.
private struct Hashes {
  private(set) var keys: RowHashes
  private(set) var rows: RowHashes

  /// Those of the `columns` of a batch; `folders` are texts and for each row the number of its own.
  init(
    _ batch: borrowing Batch,
    _ columns: Schema,
    _ keyNames: [String],
    _ version: Int64?,
    _ folders: (texts: [String], numbers: [Int])?
  ) {
    // A row of another version is another row: the one that is there may go when versions do.
    rows = RowHashes(rows: batch.rows, seed: version.map { UInt64(bitPattern: $0) &+ 1 } ?? 0)
    keys = RowHashes(rows: batch.rows, seed: 0x6B65_79)
    let keyNames = Set(keyNames.map { Array($0.utf8) })
    let names = Set(columns.fields.map { Array($0.name.utf8) })
    for (index, leaf) in batch.schema.leaves.enumerated() {
      let name = Array(leaf.path[0].utf8)
      guard names.contains(name) else { continue }
      let isKey = keyNames.contains(name)
      if isKey { batch.withColumn(index) { keys.add($0) } }
      if isKey || !Self.isMetadata(leaf.path[0]) { batch.withColumn(index) { rows.add($0) } }
    }
    guard let folders else { return }
    rows.add(folders.texts, folders.numbers)
    if !keyNames.isSubset(of: names) { keys.add(folders.texts, folders.numbers) }
  }

  /// Whether a column tells how a record came, not what it says; that it was deleted is said.
  private static func isMetadata(_ name: String) -> Bool {
    (name.hasPrefix("_sdc_") || name.hasPrefix("_dativo_")) && name != "_sdc_deleted_at"
  }
}
