import Columns

/// The PLAIN encoding: values one after another.
///
/// Specification: parquet-format, Encodings.md, "Plain".
enum PlainDecoder {
  // SAFETY, for the whole file: `take` gives as many bytes as are asked for, and `appendValues`
  // room for `count` values of the column's width.

  /// Appends `count` values to `column`, whose heap may grow to `limit` bytes.
  static func append(
    _ count: Int,
    as physical: Physical,
    from reader: inout ByteReader,
    to column: inout Column,
    limit: Int
  ) throws(ReadError) {
    switch physical {
    case .boolean:
      let bytes = unsafe try reader.take((count + 7) / 8)
      unsafe column.appendValues(count) { target in
        for index in 0..<count {
          let bit = unsafe bytes[index >> 3] >> UInt8(index & 7) & 1
          unsafe target.storeBytes(of: bit, toByteOffset: index, as: UInt8.self)
        }
      }
    case .bytes:
      let nothing = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
      for _ in 0..<count {
        let length = try reader.length()
        let bytes = unsafe try reader.take(length)
        guard column.heapSize + length <= limit else { throw .tooLarge(limit: limit) }
        unsafe column.append(value: bytes, nothing)
      }
    case .fixed(let width) where column.storage == .int64:
      let bytes = unsafe try reader.take(count * width)
      unsafe try column.appendValues(count) { (target) throws(ReadError) in
        for index in 0..<count {
          let value = unsafe Int64(exactly: decimal(bytes, index * width, width))
          guard let value else { throw .malformed("a decimal of more digits than its type has") }
          unsafe target.storeBytes(of: value, toByteOffset: index * 8, as: Int64.self)
        }
      }
    case .int32, .int64, .float, .double, .fixed:
      let width = physical.width ?? 0
      let bytes = unsafe try reader.take(count * width)
      unsafe append(bytes, width, count, to: &column)
    }
  }

  /// The number in two's complement, highest byte first, that `width` bytes hold.
  private static func decimal(
    _ bytes: UnsafeRawBufferPointer,
    _ start: Int,
    _ width: Int
  ) -> Int128 {
    var value: Int128 = unsafe bytes[start] & 0x80 == 0 ? 0 : -1
    for place in start..<start + width { value = value << 8 | Int128(unsafe bytes[place]) }
    return value
  }

  /// Appends values of `width` bytes each, widened to what the column holds.
  private static func append(
    _ bytes: UnsafeRawBufferPointer,
    _ width: Int,
    _ count: Int,
    to column: inout Column
  ) {
    let storage = column.storage
    unsafe column.appendValues(count) { target in
      switch storage {
      case .int64 where width == 4:
        for index in 0..<count {
          let value = unsafe bytes.loadUnaligned(fromByteOffset: index * 4, as: Int32.self)
          unsafe target.storeBytes(of: Int64(value), toByteOffset: index * 8, as: Int64.self)
        }
      case .float where width == 2:
        for index in 0..<count {
          let bits = unsafe bytes.loadUnaligned(fromByteOffset: index * 2, as: UInt16.self)
          let value = Float(Float16(bitPattern: bits))
          unsafe target.storeBytes(of: value, toByteOffset: index * 4, as: Float.self)
        }
      case .int128:
        for index in 0..<count {
          let value = unsafe decimal(bytes, index * width, width)
          unsafe target.storeBytes(of: value, toByteOffset: index * 16, as: Int128.self)
        }
      default:
        guard let start = bytes.baseAddress else { return }
        unsafe target.copyMemory(from: start, byteCount: count * width)
      }
    }
  }
}
