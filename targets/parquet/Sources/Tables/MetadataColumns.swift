import Columns

/// The columns that taps add to a record without a word in their SCHEMA: a delete marker among
/// them must not be lost.
enum MetadataColumns {
  /// The column of a field that no SCHEMA declares; nil for an ordinary name.
  static func column(_ name: String) -> Field? {
    switch name {
    case "_sdc_deleted_at", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at":
      Field(name, .timestamp(.micros, utc: true), alternatives: [.string])
    case "_sdc_sequence", "_sdc_table_version", "_sdc_sync_started_at":
      Field(name, .integer(.i64))
    case "_airbyte_meta": Field(name, .string)
    default: nil
    }
  }
}
