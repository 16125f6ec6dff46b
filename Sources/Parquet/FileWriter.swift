package import Columns

/// Writes one Parquet file, a row group per batch, through a sink.
///
/// The same schema, options, metadata and batches give the same bytes. After an error the file
/// is unfinished and must be thrown away.
@safe
package struct FileWriter: ~Copyable {
  /// What was written.
  package struct Summary: Sendable, Equatable {
    /// The rows of all row groups.
    package var rows = 0
    /// The bytes given to the sink.
    package var bytes = 0
    /// The row groups.
    package var rowGroups = 0
  }

  /// What was written so far.
  package private(set) var summary = Summary()
  private let schema: Schema
  private let columnMetadata: [[(String, String)]]
  private let metadata: [(String, String)]
  private let sink: (UnsafeRawBufferPointer) throws -> Void
  private let encoder: FileEncoder
  private let sorting: [SortingColumn]
  private var trials: Trials = [:]
  private var groups: [RowGroup] = []

  /// Creates a writer; nothing reaches `sink` before the first row group or `finish`.
  package init(
    schema: Schema,
    options: WriterOptions = WriterOptions(),
    metadata: [(String, String)] = [],
    sink: @escaping (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    try unsafe self.init(schema, FileEncoder(options), metadata: metadata, sink: sink)
  }

  /// Creates a writer that shares `encoder` with other files; batches come sorted by `sorting`.
  package init(
    _ schema: Schema,
    _ encoder: FileEncoder,
    sorting: [SortingColumn] = [],
    metadata: [(String, String)],
    sink: @escaping (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    self.schema = schema
    self.metadata = metadata
    unsafe self.sink = sink
    self.encoder = encoder
    self.sorting = sorting
    columnMetadata = schema.fields.map { field in
      field.metadata.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
  }

  /// The bytes of the file if it ended here, about: what is written, and a footer.
  package var expectedSize: Int { summary.bytes + groups.reduce(0) { $0 + $1.chunks.count * 320 } }

  /// Writes `batch`, of the writer's schema, as one row group; an empty one writes nothing.
  ///
  /// Columns are encoded, written and freed one at a time.
  package mutating func write(_ batch: consuming Batch) throws {
    let rows = batch.rows
    guard rows > 0 else { return }
    try begin()
    let start = summary.bytes
    var chunks: [ColumnChunk] = []
    chunks.reserveCapacity(batch.columnCount)
    while let column = batch.takeColumn() {
      let chunk = try unsafe encoder.chunks.encode(
        column,
        at: start + chunks.reduce(0) { $0 + $1.compressed },
        metadata: columnMetadata[column.leaf.fieldIndex],
        trials: &trials,
        emit: sink
      )
      chunks.append(chunk)
    }
    var group = RowGroup(rows: rows, offset: start, sorting: sorting, chunks: chunks)
    summary.bytes += group.compressed
    for index in group.chunks.indices {
      guard let filter = group.chunks[index].bloomFilter else { continue }
      group.chunks[index].bloomFilter = nil
      group.chunks[index].bloomFilterPlace = summary.bytes..<summary.bytes + filter.count
      try emit(filter)
    }
    summary.rows += rows
    summary.rowGroups += 1
    groups.append(group)
  }

  /// Writes the footer and ends the file.
  package consuming func finish() throws -> Summary {
    try begin()
    try emitIndexes()
    let footer = Footer(
      schema: schema,
      rows: summary.rows,
      groups: groups,
      metadata: metadata,
      createdBy: encoder.chunks.options.createdBy
    ).bytes
    try emit(footer)
    try emit(UInt32(footer.count).bytes + Footer.magic)
    return summary
  }

  /// Writes the column indexes of the whole file, then the offset indexes.
  private mutating func emitIndexes() throws {
    for group in groups.indices {
      for chunk in groups[group].chunks.indices {
        guard let index = groups[group].chunks[chunk].index.columnIndex else { continue }
        groups[group].chunks[chunk].columnIndexPlace = summary.bytes..<summary.bytes + index.count
        try emit(index)
      }
    }
    for group in groups.indices {
      for chunk in groups[group].chunks.indices {
        let index = groups[group].chunks[chunk].index.offsetIndex
        groups[group].chunks[chunk].offsetIndexPlace = summary.bytes..<summary.bytes + index.count
        try emit(index)
      }
    }
  }

  private mutating func begin() throws {
    if summary.bytes == 0 { try emit(Footer.magic) }
  }

  private mutating func emit(_ bytes: [UInt8]) throws {
    // SAFETY: the sink reads the bytes during the call only.
    try unsafe bytes.withUnsafeBytes { try unsafe sink($0) }
    summary.bytes += bytes.count
  }
}

extension UInt32 {
  /// The four bytes, lowest first.
  fileprivate var bytes: [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: self >> ($0 * 8)) } }
}
