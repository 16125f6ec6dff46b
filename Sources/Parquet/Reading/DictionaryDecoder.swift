import Columns

/// RLE_DICTIONARY: the numbers of values that stand in the dictionary page.
///
/// Specification: parquet-format, Encodings.md, "Dictionary Encoding".
enum DictionaryDecoder {
  /// Appends `count` values of `dictionary` to `column`, whose heap may grow to `limit` bytes.
  static func append(
    _ count: Int,
    of dictionary: borrowing Column?,
    from reader: inout ByteReader,
    to column: inout Column,
    limit: Int
  ) throws(ReadError) {
    let width = Int(try reader.byte())
    var indices = [UInt32](repeating: 0, count: count)
    // SAFETY: the array has room for `count` numbers.
    let outcome = unsafe indices.withUnsafeMutableBufferPointer { target in
      Result { () throws(ReadError) in
        guard let base = target.baseAddress else { return }
        unsafe try RunLengthDecoder.read(count, width: width, from: &reader, into: base)
      }
    }
    try outcome.get()
    switch dictionary {
    case .none: throw .malformed("numbers without their dictionary")
    case .some(let dictionary):
      let size = dictionary.count
      guard indices.allSatisfy({ $0 < size }) else {
        throw .malformed("a number beyond its dictionary")
      }
      try append(indices, dictionary, to: &column, limit)
    }
  }

  /// Appends the values that stand at `indices`, all of them inside the dictionary.
  private static func append(
    _ indices: [UInt32],
    _ dictionary: borrowing Column,
    to column: inout Column,
    _ limit: Int
  ) throws(ReadError) {
    // SAFETY: indices are below `dictionary.count`; `appendValues` gives room for all.
    if column.storage == .bytes {
      let nothing = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
      for index in indices {
        let bytes = unsafe UnsafeRawBufferPointer(dictionary.bytes(at: Int(index)))
        guard column.heapSize + bytes.count <= limit else { throw .tooLarge(limit: limit) }
        unsafe column.append(value: bytes, nothing)
      }
      return
    }
    let values = unsafe dictionary.rawValues
    switch column.storage.width {
    case 4: unsafe gather(indices, values, UInt32.self, to: &column)
    case 8: unsafe gather(indices, values, UInt64.self, to: &column)
    case 16: unsafe gather(indices, values, UInt128.self, to: &column)
    default: unsafe gather(indices, values, UInt8.self, to: &column)
    }
  }

  private static func gather<Value: BitwiseCopyable>(
    _ indices: [UInt32],
    _ values: UnsafeRawBufferPointer,
    _ type: Value.Type,
    to column: inout Column
  ) {
    let width = MemoryLayout<Value>.size
    unsafe column.appendValues(indices.count) { target in
      for (place, index) in indices.enumerated() {
        let value = unsafe values.loadUnaligned(fromByteOffset: Int(index) * width, as: type)
        unsafe target.storeBytes(of: value, toByteOffset: place * width, as: type)
      }
    }
  }
}
