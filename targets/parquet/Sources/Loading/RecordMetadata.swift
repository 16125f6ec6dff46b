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
    /// Airbyte's word on what was changed of the record, as it came.
    case meta = "_airbyte_meta"

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

  /// What the message of one record tells besides.
  struct Told {
    /// When the tap got it, in microseconds since 1970.
    var extracted: Int64?
    var meta: String?

    /// Of a record that no message of its own brought.
    init() {}

    /// Of the line from `start`; of one that is no RECORD nothing is known.
    init(_ location: RecordLocation?, _ start: UnsafePointer<UInt8>) {
      extracted = unsafe location?.extracted(in: start)
      meta = location?.meta.map { range in
        unsafe String(
          decoding: UnsafeBufferPointer(start: start + range.lowerBound, count: range.count),
          as: UTF8.self
        )
      }
    }
  }

  /// Fills the columns of the last rows of `batch`, of each of which `told` has what is known.
  func fill(_ batch: inout Batch, _ told: [Told], version: Int64?) {
    let first = batch.rows - told.count
    let now = Clock.wall
    for column in columns {
      func each(_ value: (Int) -> Int64?) {
        for row in told.indices {
          if let value = value(row) {
            unsafe batch.columns[column.leaf].append(value)
          } else {
            unsafe batch.columns[column.leaf].appendNull()
          }
        }
      }
      unsafe batch.columns[column.leaf].truncate(toRows: first)
      switch column.kind {
      case .extractedAt: each { told[$0].extracted }
      case .receivedAt, .batchedAt: each { _ in Int64(now / 1_000) }
      case .sequence: each { _ in Int64(now / 1_000_000) }
      case .syncStartedAt: each { _ in Int64(started / 1_000_000) }
      case .tableVersion: each { _ in version }
      case .runID: for _ in told { unsafe batch.columns[column.leaf].append(run) }
      case .meta:
        for record in told {
          if let meta = record.meta {
            unsafe batch.columns[column.leaf].append(meta)
          } else {
            unsafe batch.columns[column.leaf].appendNull()
          }
        }
      case .deletedAt: break
      }
    }
  }
}
