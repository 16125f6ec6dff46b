import Columns
import Commits
import Parquet
import Wire

/// Writes one table's files; used by the encoder thread alone, in the order of the batches.
///
/// A file ends when the schema changes or it has reached the target size, decided between row
/// groups, so that the same input gives the same files.
final class TableWriter: @unchecked Sendable {
  /// What a new file needs to know.
  struct Plan: Sendable {
    let stream: String
    let folder: String
    /// Where files wait for their commit.
    let staging: String
    let pipeline: String
    let options: WriterOptions
    let fileSize: Int
    let metadata: [(String, String)]
    let sequence: Int
  }

  /// Begins a staged file at the given path.
  typealias Stage = @Sendable (String) throws(CommitError) -> StagedFile

  private let stage: Stage
  private var open: OpenFile?
  private var part = 0
  private var sequence = 0
  /// The whole files that no commit names yet.
  private(set) var finished: [Commit.File] = []

  private final class OpenFile {
    let plan: Plan
    let name: String
    let schema: Schema
    let file: StagedFile
    var writer: FileWriter

    init(_ plan: Plan, _ name: String, _ schema: Schema, _ file: StagedFile) throws {
      self.plan = plan
      self.name = name
      self.schema = schema
      self.file = file
      writer = try unsafe FileWriter(
        schema: schema,
        options: plan.options,
        metadata: plan.metadata
      ) { unsafe try file.write($0) }
    }

    /// Ends the file; it is on the disk then.
    func finish() throws -> Commit.File {
      let writer = try take()
      let summary = try writer.finish()
      let sha256 = try file.close()
      return Commit.File(
        staged: file.path,
        path: "\(plan.folder)/\(name)",
        stream: plan.stream,
        rows: summary.rows,
        bytes: file.bytes,
        sha256: sha256
      )
    }

    private func take() throws -> FileWriter {
      var taken = try unsafe FileWriter(schema: Schema([]), options: plan.options) { _ in }
      swap(&taken, &writer)
      return taken
    }
  }

  init(stage: @escaping Stage) { self.stage = stage }

  /// Appends a row group.
  func write(_ batch: consuming Batch, _ plan: Plan) throws {
    if let open, open.schema != batch.schema || open.file.bytes >= plan.fileSize { try close() }
    let file = try open ?? begin(batch.schema, plan)
    open = file
    try file.writer.write(batch)
  }

  private func begin(_ schema: Schema, _ plan: Plan) throws -> OpenFile {
    if plan.sequence != sequence {
      sequence = plan.sequence
      part = 0
    }
    part += 1
    let name = "\(plan.pipeline)-\(Self.padded(sequence, 12))-\(Self.padded(part, 5)).parquet"
    // Staged names do not end in .parquet: a careless glob must not find them. Those of long
    // streams would be longer than a file system takes.
    let unique = plan.folder.utf8.count > 80 ? Digest.hex(Array(plan.folder.utf8)) : plan.folder
    let staged = try stage("\(plan.staging)/\(unique).\(name).staged")
    return try OpenFile(plan, name, schema, staged)
  }

  /// Ends the open file, if there is one.
  func close() throws {
    guard let file = open else { return }
    open = nil
    finished.append(try file.finish())
  }

  /// Gives the whole files to a commit.
  func takeFinished() -> [Commit.File] {
    defer { finished = [] }
    return finished
  }

  private static func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }
}
