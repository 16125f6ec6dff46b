import Columns
import Commits
import ConnectorKit
import JSON
import Parquet
import Posix
import Storage
import Wire

/// Marks rows of former versions as deleted, as the Meltano SDK's targets do: `_sdc_deleted_at` gets
/// the time wherever it is null, in files written anew that take the former ones' place.
///
/// One file is open at a time, and of it one row group. Footers tell which files have such rows; the
/// others stay as they are.
struct SoftDeletion {
  static let column = "_sdc_deleted_at"
  private static let purpose = "to mark deleted rows"

  /// A file with rows to mark.
  private struct Piece {
    let former: Commit.File
    /// Whether no commit has shown it yet.
    let isStaged: Bool
    /// The commits that its rows come from; nil for the one that is being made.
    let origin: ClosedRange<Int>?
    let field: Field
    var new: Commit.File?
  }

  private let store: any ObjectStore
  private let nanoseconds = Int64(Clock.wall)
  private let text = Clock.timestamp
  private var pieces: [Piece] = []
  /// The streams with files that cannot be read before they are committed: their turn is the next.
  private(set) var deferred: Set<[UInt8]> = []

  init(_ store: any ObjectStore) { self.store = store }

  var isEmpty: Bool { pieces.isEmpty }

  /// Whether files of a stream are written anew.
  func changes(_ stream: String) -> Bool {
    pieces.contains { $0.former.stream.hasSameBytes(as: stream) }
  }

  /// Finds the files of `table` with rows of versions before `version`, among those that stay
  /// `visible` and those that are `staged`.
  mutating func find(
    _ table: Table,
    before version: Int64,
    visible: [Snapshot.Entry],
    staged: [Commit.File]
  ) throws(Failure) {
    guard let field = table.deletionColumn else { return }
    let name = Array(table.stream.utf8)
    func isFormer(_ file: Commit.File) -> Bool {
      file.version.map { $0 < version } ?? false && Array(file.stream.utf8) == name
    }
    for (sequence, file) in visible where isFormer(file) {
      guard try hasRowsToMark(file, isStaged: false) else { continue }
      let origin = file.origin ?? sequence...sequence
      pieces.append(Piece(former: file, isStaged: false, origin: origin, field: field))
    }
    for file in staged where isFormer(file) {
      guard try isReadable(file) else {
        deferred.insert(name)
        continue
      }
      guard try hasRowsToMark(file, isStaged: true) else { continue }
      pieces.append(Piece(former: file, isStaged: true, origin: file.origin, field: field))
    }
  }

  /// Uploads are not there before they are completed.
  private func isReadable(_ file: Commit.File) throws(Failure) -> Bool {
    do throws(StoreError) {
      return try store.size(file.staged) != nil
    } catch {
      throw Failure(error)
    }
  }

  private func hasRowsToMark(_ file: Commit.File, isStaged: Bool) throws(Failure) -> Bool {
    let reader = try FileReader(store, file, isStaged: isStaged, Self.purpose)
    guard let (place, field) = Self.column(in: reader.schema) else { return true }
    guard filling(field.type) != nil else {
      Log.warning("\(file.path): rows are not marked as deleted: its \(Self.column) holds no time")
      return false
    }
    return field.nullable && reader.footer.groups.contains { $0.chunks[place].nulls != 0 }
  }

  /// The column and the place of its leaf; nil in a file without it.
  private static func column(in schema: Schema) -> (place: Int, field: Field)? {
    guard let index = schema.fields.firstIndex(where: { $0.name.hasSameBytes(as: column) }),
      let place = schema.leaves.firstIndex(where: { $0.fieldIndex == index })
    else { return nil }
    return (place, schema.fields[index])
  }

  /// The time as a column of this type holds it.
  private func filling(_ type: ColumnType) -> Filling? {
    Self.canMark(type) ? type == .string ? .text(text) : .number(number(type)) : nil
  }

  private func number(_ type: ColumnType) -> Int64 {
    switch type {
    case .timestamp(.millis, _): nanoseconds / 1_000_000
    case .timestamp(.micros, _): nanoseconds / 1_000
    default: nanoseconds
    }
  }

  /// Whether a column of this type can tell when a row was deleted.
  static func canMark(_ type: ColumnType) -> Bool {
    if case .timestamp = type { return true }
    return type == .string
  }

  // MARK: Writing

  /// Writes the files anew, to be committed as `sequence`; names count on from `part`.
  mutating func write(
    _ log: LogFolder,
    staging: String,
    sequence: Int,
    part: Int
  ) throws(Failure) {
    for index in pieces.indices {
      let name = log.dataFile(sequence, part: part + index)
      let path = pieces[index].former.path
      let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
      let output = RewrittenFile(
        store,
        staged: "\(staging)/\(name).staged",
        path: "\(folder)\(name)",
        of: pieces[index].former,
        origin: pieces[index].origin
      )
      try write(pieces[index], output)
      guard let new = output.finished, new.rows == pieces[index].former.rows else {
        throw Failure(.bug, "\(path) was not written anew row for row; nothing was committed")
      }
      pieces[index].new = new
    }
  }

  private func write(_ piece: Piece, _ output: RewrittenFile) throws(Failure) {
    let reader = try FileReader(store, piece.former, isStaged: piece.isStaged, Self.purpose)
    var schema = reader.schema
    if Self.column(in: schema) == nil { schema.fields.append(piece.field) }
    guard let (place, field) = Self.column(in: schema), let filling = filling(field.type) else {
      throw Failure(.bug, "\(piece.former.path): no column to mark deleted rows in")
    }
    do {
      var merger = FileMerger(like: reader, schema: schema, fileSize: .max, output: output)
      try merger.append(reader, editing: { $0.filled(place, of: schema, filling) })
      try merger.finish()
    } catch let error as ReadError {
      throw Failure(error, piece.former.path, Self.purpose)
    } catch let error as CommitError {
      throw Failure(error)
    } catch {
      throw Failure(.bug, "marking deleted rows: \(error)")
    }
  }

  // MARK: Results

  /// What a commit of `files` makes visible: those written anew in the place of theirs.
  func files(_ files: [Commit.File]) -> [Commit.File] {
    let staged = pieces.filter(\.isStaged)
    return files.map { file in
      staged.first { $0.former.staged.hasSameBytes(as: file.staged) }?.new ?? file
    } + pieces.filter { !$0.isStaged }.compactMap(\.new)
  }

  /// The files that give way to those written anew.
  var removals: [(stream: String, Removal)] {
    let former = pieces.filter { !$0.isStaged }.map(\.former)
    let paths = PathSet(former.map(\.path))
    return Set(former.map(\.stream)).map { ($0, .files(paths)) }
  }
}

extension Table {
  /// The column that tells when a row was deleted.
  var deletionColumn: Field? {
    schema.fields.first { $0.name.hasSameBytes(as: SoftDeletion.column) }
  }

  /// Why an ACTIVATE_VERSION changes nothing; nil if it does.
  var reasonToKeepVersions: String? {
    if loading.deletesOtherVersions { return nil }
    guard loading.addsMetadata else {
      return "\"hard_delete\": true removes them, \"add_record_metadata\": true marks them"
    }
    guard let type = deletionColumn?.type, SoftDeletion.canMark(type) else {
      return "the stream's own column \(SoftDeletion.column) holds no time"
    }
    let keys = partitioning?.keys ?? []
    return keys.contains { $0.column.hasSameBytes(as: SoftDeletion.column) }
      ? "\"partition_by\" divides the table by \(SoftDeletion.column)" : nil
  }
}
