import Columns

/// The values of a data page in any encoding but that of dictionary indices.
enum ValueDecoder {
  // SAFETY, for the whole file: `appendValues` gives room for `count` values of the column's width.

  /// Appends `count` values to `column`, whose heap may grow to `limit` bytes.
  static func append(
    _ count: Int,
    as physical: Physical,
    _ encoding: PageEncoding,
    from reader: inout ByteReader,
    to column: inout Column,
    limit: Int
  ) throws(ReadError) {
    guard encoding.suits(physical) else {
      throw .unsupported("values of this type in encoding \(encoding.rawValue)")
    }
    switch encoding {
    case .plain, .dictionary:
      try PlainDecoder.append(count, as: physical, from: &reader, to: &column, limit: limit)
    case .rle:
      var runs = unsafe ByteReader(unsafe try reader.take(try reader.length()))
      unsafe try column.appendValues(count) { (target) throws(ReadError) in
        let bits = unsafe target.bindMemory(to: UInt8.self, capacity: count)
        unsafe try RunLengthDecoder.read(count, width: 1, from: &runs, into: bits)
      }
    case .byteStreamSplit:
      let width = physical.width ?? 1
      let bytes = unsafe try reader.take(count * width)
      var ordered = ByteBuffer(capacity: max(count * width, 1))
      unsafe restore(bytes, width, count, into: &ordered)
      var values = unsafe ByteReader(unsafe ordered.bytes)
      try PlainDecoder.append(count, as: physical, from: &values, to: &column, limit: limit)
    case .delta: try appendDeltas(count, from: &reader, to: &column)
    case .deltaLength:
      let lengths = try DeltaDecoder.lengths(count, from: &reader, limit: reader.count)
      try append(lengths, sharing: nil, from: &reader, to: &column, limit: limit)
    case .deltaBytes:
      let shared = try DeltaDecoder.lengths(count, from: &reader, limit: limit)
      let lengths = try DeltaDecoder.lengths(count, from: &reader, limit: reader.count)
      try append(lengths, sharing: shared, from: &reader, to: &column, limit: limit)
    }
  }

  private static func appendDeltas(
    _ count: Int,
    from reader: inout ByteReader,
    to column: inout Column
  ) throws(ReadError) {
    let isNarrow = column.storage == .int32
    unsafe try column.appendValues(count) { (target) throws(ReadError) in
      try DeltaDecoder.read(count, from: &reader) { index, value in
        if isNarrow {
          let value = Int32(truncatingIfNeeded: value)
          unsafe target.storeBytes(of: value, toByteOffset: index * 4, as: Int32.self)
        } else {
          unsafe target.storeBytes(of: value, toByteOffset: index * 8, as: Int64.self)
        }
      }
    }
  }

  /// Appends byte strings, each of which may begin as the one before it.
  private static func append(
    _ lengths: [Int],
    sharing shared: [Int]?,
    from reader: inout ByteReader,
    to column: inout Column,
    limit: Int
  ) throws(ReadError) {
    var previous: [UInt8] = []
    let nothing = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
    for (index, length) in lengths.enumerated() {
      let rest = unsafe try reader.take(length)
      let prefix = shared?[index] ?? 0
      guard column.heapSize + prefix + length <= limit else { throw .tooLarge(limit: limit) }
      guard shared != nil else {
        unsafe column.append(value: nothing, rest)
        continue
      }
      guard prefix <= previous.count else { throw .malformed("a prefix longer than its text") }
      previous.removeSubrange(prefix...)
      unsafe previous += rest
      // SAFETY: the bytes stay in place during the call.
      unsafe previous.withUnsafeBytes { unsafe column.append(value: nothing, $0) }
    }
  }

  /// Undoes `ByteStreamSplit.reorder`.
  private static func restore(
    _ bytes: UnsafeRawBufferPointer,
    _ width: Int,
    _ count: Int,
    into buffer: inout ByteBuffer
  ) {
    let target = unsafe buffer.room(count * width)
    for byte in 0..<width {
      for index in 0..<count {
        unsafe target.storeBytes(
          of: bytes[byte * count + index],
          toByteOffset: index * width + byte,
          as: UInt8.self
        )
      }
    }
    buffer.advance(count * width)
  }
}
