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
    let sequence: Int
    let file: Commit.File
    let reader: FileReader
    let groups: Range<Int>

    /// The rows of a row group.
    func rows(_ group: Int) throws(Failure) -> Batch {
      do throws(ReadError) {
        return try reader.rowGroup(group)
      } catch {
        throw Failure(error, file.path)
      }
    }
  }

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
    // Merged rows are older than their merge.
    func end(_ entry: Snapshot.Entry) -> Int { entry.file.origin?.upperBound ?? entry.sequence }
    self.files = last.enumerated().sorted { left, right in
      (end(left.element), left.offset) < (end(right.element), right.offset)
    }.map(\.element)
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
    for (sequence, file) in files[start...] {
      let reader = try reader(file)
      // Of the first file only the end may be wanted.
      var first = 0
      while first < reader.footer.groups.count, rows - reader.footer.groups[first].rows >= limit {
        rows -= reader.footer.groups[first].rows
        first += 1
      }
      let groups = first..<reader.footer.groups.count
      try body(Piece(sequence: sequence, file: file, reader: reader, groups: groups))
    }
  }

  private func reader(_ file: Commit.File) throws(Failure) -> FileReader {
    let store = store
    do throws(ReadError) {
      return try FileReader(size: file.bytes) { (offset, count) throws(ReadError) in
        do throws(StoreError) {
          guard let bytes = try store.read(file.path, at: offset, count: count) else {
            throw .absent(file.path)
          }
          return bytes
        } catch {
          throw ReadError.input(Failure(error).message)
        }
      }
    } catch {
      throw Failure(error, file.path)
    }
  }
}

extension Failure {
  /// A file of the table that cannot be read again.
  init(_ error: ReadError, _ path: String) {
    let hint = "`dativo verify` holds every file against the commit log."
    switch error {
    case .input(let reason):
      self.init(.io, "\(path) cannot be read, to find repeated rows: \(reason)", hint: hint)
    case .notParquet(let reason), .malformed(let reason), .unsupported(let reason):
      self.init(.data, "\(path) cannot be read, to find repeated rows: \(reason)", hint: hint)
    case .tooLarge(let limit):
      self.init(.data, "\(path) has a row group of more than \(limit) bytes", hint: hint)
    }
  }
}
