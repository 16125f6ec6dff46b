import Columns
import Commits
import Parquet
import Posix

/// A file that is being written.
final class OpenFile {
  let plan: TableWriter.Plan
  /// Where it becomes visible.
  let path: String
  let schema: Schema
  let file: StagedFile
  private var writer: FileWriter
  private let begun = Clock.monotonic

  init(
    _ plan: TableWriter.Plan,
    _ path: String,
    _ schema: Schema,
    _ file: StagedFile,
    _ encoder: FileEncoder
  ) throws {
    self.plan = plan
    self.path = path
    self.schema = schema
    self.file = file
    writer = try unsafe FileWriter(
      Governance.labelled(schema, plan.metadata),
      encoder,
      sorting: plan.layout.sorting(schema),
      metadata: plan.metadata
    ) { unsafe try file.write($0) }
  }

  /// Whether it has been open for longer than the layout allows.
  var isOld: Bool {
    guard let age = plan.layout.maxAge else { return false }
    return Clock.monotonic - begun >= UInt64(age) * 1_000_000_000
  }

  /// The rows so far.
  var rows: Int { writer.summary.rows }
  /// The bytes that the file would have if it ended here, about.
  var expectedSize: Int { writer.expectedSize }

  func write(_ batch: consuming Batch) throws { try writer.write(batch) }

  /// Ends the file; it is on the disk then.
  func finish() throws -> Commit.File {
    var taken = try unsafe FileWriter(schema: Schema([])) { _ in }
    swap(&taken, &writer)
    let summary = try taken.finish()
    let sha256 = try file.close()
    return Commit.File(
      staged: file.path,
      path: path,
      stream: plan.stream,
      rows: summary.rows,
      bytes: file.bytes,
      sha256: sha256,
      version: plan.version,
      generation: plan.generation,
      ticket: file.ticket
    )
  }
}
