import Columns
import Commits
import ConnectorKit
import Parquet
import Storage
import Wire

/// The last rows of a table as the commit log lists them, read back from their files.
struct FormerRows {
  /// A file with the row groups of it that are wanted.
  struct Piece {
    /// The last commit that its rows come from.
    let sequence: Int
    let file: Commit.File
    let reader: FileReader
    let groups: Range<Int>

    /// The rows of a row group.
    func rows(_ group: Int) throws(Failure) -> Batch {
      do throws(ReadError) {
        return try reader.rowGroup(group)
      } catch {
        throw Failure(error, file.path, FormerRows.purpose)
      }
    }
  }

  private static let purpose = "to find repeated rows"
  /// So many of the last commits are looked at: each may be one more file to open.
  private static let commitLimit = 32

  private let store: any ObjectStore
  /// The files in the order of their commits.
  private let files: [Snapshot.Entry]

  /// Those of the table's visible `files`.
  init(_ store: any ObjectStore, _ files: [Snapshot.Entry]) {
    self.store = store
    let sequences = Set(files.map(\.sequence)).sorted().suffix(Self.commitLimit)
    let last = files.filter { $0.sequence >= sequences.first ?? 0 }
    // Rows that were merged or marked are older than the commit that did so; those of a commit that
    // have a later version came later.
    self.files = last.enumerated().sorted { left, right in
      let (one, other) = (left.element, right.element)
      return (Self.end(one), one.file.version ?? .min, left.offset)
        < (Self.end(other), other.file.version ?? .min, right.offset)
    }.map(\.element)
  }

  private static func end(_ entry: Snapshot.Entry) -> Int {
    entry.file.origin?.upperBound ?? entry.sequence
  }

  /// Lends the last row groups that have `limit` rows together, in the order of their commits.
  func forEach(
    limit: Int,
    _ body: (Piece) throws(Failure) -> Void
  ) throws(Failure) {
    var rows = 0
    var start = files.count
    while start > 0, rows < limit {
      start -= 1
      rows += files[start].file.rows
    }
    for entry in files[start...] {
      let file = entry.file
      let reader = try FileReader(store, file, Self.purpose)
      // Of the first file only the end may be wanted.
      var first = 0
      while first < reader.footer.groups.count, rows - reader.footer.groups[first].rows >= limit {
        rows -= reader.footer.groups[first].rows
        first += 1
      }
      let groups = first..<reader.footer.groups.count
      try body(Piece(sequence: Self.end(entry), file: file, reader: reader, groups: groups))
    }
  }
}
