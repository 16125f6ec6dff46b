import ConnectorKit

extension Reporter {
  /// Tells how far a table is.
  func tell(_ table: Table) {
    stream(
      table.stream,
      recordsIn: table.rowsRead,
      recordsOut: table.rowsWritten - table.rowsSkipped,
      recordsSkipped: table.rowsSkipped,
      recordsCommitted: table.rowsCommitted,
      bytesIn: table.bytesRead
    )
  }
}
