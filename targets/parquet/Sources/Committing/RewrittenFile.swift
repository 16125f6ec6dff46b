import Commits
import Parquet
import Storage

/// The one staged file that takes the place of another.
final class RewrittenFile: MergeOutput {
  private let store: any ObjectStore
  private let staged: String
  private let path: String
  private let former: Commit.File
  private let origin: ClosedRange<Int>?
  private var file: StagedFile?
  /// The file, once it is whole and on the disk.
  private(set) var finished: Commit.File?

  /// A file of the stream and version of `former`, at `staged` until it is to be seen at `path`.
  init(
    _ store: any ObjectStore,
    staged: String,
    path: String,
    of former: Commit.File,
    origin: ClosedRange<Int>?
  ) {
    self.store = store
    self.staged = staged
    self.path = path
    self.former = former
    self.origin = origin
  }

  func begin() throws -> (UnsafeRawBufferPointer) throws -> Void {
    let file = try CommitLog.stage(store, staged, for: path)
    self.file = file
    return { unsafe try file.write($0) }
  }

  func end(_ summary: FileWriter.Summary) throws {
    guard let file else { return }
    let sha256 = try file.close()
    finished = Commit.File(
      staged: staged,
      path: path,
      stream: former.stream,
      rows: summary.rows,
      bytes: file.bytes,
      sha256: sha256,
      version: former.version,
      origin: origin,
      generation: former.generation,
      ticket: file.ticket
    )
  }
}
