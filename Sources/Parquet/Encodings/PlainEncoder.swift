import Columns

/// The PLAIN encoding: values one after another.
///
/// Specification: parquet-format, Encodings.md, "Plain".
enum PlainEncoder {
  // SAFETY, for the whole file: ranges lie inside the column; `room` is made before each store.

  /// Appends the values of `column` in `range`.
  static func append(
    _ column: borrowing Column,
    _ range: Range<Int>,
    as physical: Physical,
    to buffer: inout ByteBuffer
  ) {
    switch column.storage {
    case .boolean: unsafe append(bits: column.values(as: UInt8.self), range, to: &buffer)
    case .bytes:
      for index in range {
        let bytes = unsafe column.bytes(at: index)
        buffer.append(littleEndian: UInt32(bytes.count))
        unsafe buffer.append(UnsafeRawBufferPointer(bytes))
      }
    case .int64 where physical == .int32:
      unsafe append(narrow: column.values(as: Int64.self), range, to: &buffer)
    case .float where physical == .fixed(2):
      let values = unsafe column.values(as: Float.self)
      for index in range { buffer.append(littleEndian16: unsafe Float16(values[index]).bitPattern) }
    case .int128:
      let values = unsafe column.values(as: Int128.self)
      for index in range { unsafe append(values[index], physical.width ?? 16, to: &buffer) }
    case .int32, .int64, .float, .double, .fixed16:
      let width = column.storage.width
      let bytes = unsafe column.rawValues[range.lowerBound * width..<range.upperBound * width]
      unsafe buffer.append(UnsafeRawBufferPointer(rebasing: bytes))
    }
  }

  /// Appends the values that stand at `places`: a dictionary page.
  static func append(
    _ column: borrowing Column,
    at places: UnsafeBufferPointer<UInt32>,
    as physical: Physical,
    to buffer: inout ByteBuffer
  ) {
    switch column.storage {
    case .int32 where physical.width == 4, .float where physical.width == 4:
      unsafe append(UInt32.self, column.rawValues, places, to: &buffer)
    case .int64 where physical == .int64, .double:
      unsafe append(UInt64.self, column.rawValues, places, to: &buffer)
    case .boolean, .int32, .int64, .int128, .float, .bytes, .fixed16:
      for index in places.indices {
        let place = unsafe Int(places[index])
        append(column, place..<place + 1, as: physical, to: &buffer)
      }
    }
  }

  private static func append<Value: BitwiseCopyable>(
    _ type: Value.Type,
    _ values: UnsafeRawBufferPointer,
    _ places: UnsafeBufferPointer<UInt32>,
    to buffer: inout ByteBuffer
  ) {
    let width = MemoryLayout<Value>.size
    let target = unsafe buffer.room(places.count * width)
    for index in places.indices {
      let value = unsafe values.load(fromByteOffset: Int(places[index]) * width, as: type)
      unsafe target.storeBytes(of: value, toByteOffset: index * width, as: type)
    }
    buffer.advance(places.count * width)
  }

  private static func append(
    bits values: UnsafeBufferPointer<UInt8>,
    _ range: Range<Int>,
    to buffer: inout ByteBuffer
  ) {
    var byte: UInt8 = 0
    for (offset, index) in range.enumerated() {
      byte |= unsafe values[index] << UInt8(offset & 7)
      if offset & 7 == 7 {
        buffer.append(byte)
        byte = 0
      }
    }
    if range.count & 7 != 0 { buffer.append(byte) }
  }

  private static func append(
    narrow values: UnsafeBufferPointer<Int64>,
    _ range: Range<Int>,
    to buffer: inout ByteBuffer
  ) {
    let target = unsafe buffer.room(range.count * 4)
    for (offset, index) in range.enumerated() {
      let value = unsafe Int32(truncatingIfNeeded: values[index])
      unsafe target.storeBytes(of: value, toByteOffset: offset * 4, as: Int32.self)
    }
    buffer.advance(range.count * 4)
  }

  private static func append(_ value: Int128, _ length: Int, to buffer: inout ByteBuffer) {
    for byte in (0..<length).reversed() {
      buffer.append(UInt8(truncatingIfNeeded: value >> Int128(byte * 8)))
    }
  }
}
