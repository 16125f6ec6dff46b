import Columns

extension FooterReader {
  /// The nodes that have values: one for each column chunk, in the same order.
  package var leaves: [Element] { schema.filter { $0.type != nil } }

  /// The lower and upper bound of a chunk of `leaf`; nil where there is none, or none that we read.
  package static func bounds(
    _ chunk: Chunk,
    of leaf: Element
  ) -> (minimum: RowValue?, maximum: RowValue?) {
    guard let type = try? leaf.columnType() else { return (nil, nil) }
    return (chunk.minimum.flatMap { value($0, type) }, chunk.maximum.flatMap { value($0, type) })
  }

  /// A PLAIN value without the length of a byte string; nil if it is none of `type`.
  private static func value(_ bytes: [UInt8], _ type: ColumnType) -> RowValue? {
    var column = Column(Schema([Field("bound", type, nullable: false)]).leaves[0])
    let isRead: Bool = unsafe bytes.withUnsafeBytes { bytes in
      // SAFETY: the bytes stay in place during the call.
      if column.storage == .bytes {
        unsafe column.append(value: bytes, UnsafeRawBufferPointer(start: nil, count: 0))
        return true
      }
      var reader = unsafe ByteReader(bytes)
      try? PlainDecoder.append(
        1,
        as: Physical(type),
        from: &reader,
        to: &column,
        limit: bytes.count
      )
      return column.count == 1 && reader.count == 0
    }
    guard isRead else { return nil }
    // A bound that was cut may end within a character, which is shown as U+FFFD.
    return RowValue(column, at: 0)
  }
}
