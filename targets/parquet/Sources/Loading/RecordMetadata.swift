import Columns
import Posix
import Wire

/// The columns that `add_record_metadata` gives a table, as the Meltano SDK names them, and which
/// of them a table has.
struct RecordMetadata {
  enum Kind: String, CaseIterable {
    case extractedAt = "_sdc_extracted_at"
    case receivedAt = "_sdc_received_at"
    case batchedAt = "_sdc_batched_at"
    /// As the record has it.
    case deletedAt = "_sdc_deleted_at"
    case sequence = "_sdc_sequence"
    case tableVersion = "_sdc_table_version"
    case syncStartedAt = "_sdc_sync_started_at"
    case runID = "_dativo_run_id"

    var field: Field { MetadataColumns.column(rawValue) ?? Field(rawValue, .string) }
  }

  /// When this load began, in nanoseconds since 1970.
  private let started = Clock.wall
  private let run: String
  private var columns: [(leaf: Int, kind: Kind)] = []

  init(run: String) { self.run = run }

  /// `schema` with those of the columns that it has not.
  static func added(to schema: Schema) -> Schema {
    let names = Set(schema.fields.map(\.name))
    return Schema(schema.fields + Kind.allCases.map(\.field).filter { !names.contains($0.name) })
  }

  /// Looks where the columns are; what the stream declares itself is the tap's matter.
  mutating func find(in schema: Schema, declared: Set<String>) {
    columns = []
    for (leaf, column) in schema.leaves.enumerated() where column.path.count == 1 {
      guard let kind = Kind(rawValue: column.path[0]), kind != .deletedAt,
        !declared.contains(kind.rawValue), column.type == kind.field.type
      else { continue }
      columns.append((leaf, kind))
    }
  }

  // SAFETY: the leaves are those of the batch's schema; `growth` made room for the rows before.

  /// Fills the columns of the last rows of `batch`, for each of which `extracted` has the time in
  /// microseconds since 1970 at which the tap got it, where that is known.
  func fill(_ batch: inout Batch, _ extracted: [Int64?], version: Int64?) {
    let first = batch.rows - extracted.count
    let now = Clock.wall
    for column in columns {
      func each(_ value: (Int) -> Int64?) {
        for row in extracted.indices {
          if let value = value(row) {
            unsafe batch.columns[column.leaf].append(value)
          } else {
            unsafe batch.columns[column.leaf].appendNull()
          }
        }
      }
      unsafe batch.columns[column.leaf].truncate(toRows: first)
      switch column.kind {
      case .extractedAt: each { extracted[$0] }
      case .receivedAt, .batchedAt: each { _ in Int64(now / 1_000) }
      case .sequence: each { _ in Int64(now / 1_000_000) }
      case .syncStartedAt: each { _ in Int64(started / 1_000_000) }
      case .tableVersion: each { _ in version }
      case .runID: for _ in extracted { unsafe batch.columns[column.leaf].append(run) }
      case .deletedAt: break
      }
    }
  }
}
