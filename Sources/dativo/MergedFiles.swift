import Commits
import Parquet
import Supervisor

/// The staged files that a merge writes, one open at a time.
final class MergedFiles: MergeOutput {
  private let log: LogWriter
  private let model: Commit.File
  private let origin: ClosedRange<Int>
  private let folder: String
  private var open: (file: StagedFile, path: String)?
  /// The files that are whole and on the disk.
  private(set) var finished: [Commit.File] = []

  /// Files of the stream, version and generation of `model` that will become visible in `folder`; their rows
  /// come from the commits of `origin`.
  init(
    _ log: LogWriter,
    like model: Commit.File,
    origin: ClosedRange<Int>,
    folder: String
  ) {
    self.origin = origin
    self.log = log
    self.model = model
    self.folder = folder
  }

  func begin() throws -> (UnsafeRawBufferPointer) throws -> Void {
    let (file, path) = try log.stage(in: folder)
    open = (file, path)
    return { unsafe try file.write($0) }
  }

  func end(_ summary: FileWriter.Summary) throws {
    guard let (file, path) = open else { return }
    open = nil
    let sha256 = try file.close()
    finished.append(
      Commit.File(
        staged: file.path,
        path: path,
        stream: model.stream,
        rows: summary.rows,
        bytes: file.bytes,
        sha256: sha256,
        version: model.version,
        origin: origin,
        generation: model.generation,
        ticket: file.ticket
      )
    )
  }
}
