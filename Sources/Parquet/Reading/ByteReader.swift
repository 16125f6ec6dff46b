/// Takes bytes off the front of a page; asking for more than there is, is an error.
@safe
struct ByteReader: Varints {
  // SAFETY, for the whole file: the bytes belong to a page that outlives its reader.
  private var rest: UnsafeRawBufferPointer

  init(_ bytes: UnsafeRawBufferPointer) { unsafe rest = bytes }

  /// The bytes left.
  var count: Int { unsafe rest.count }

  mutating func take(_ count: Int) throws(ReadError) -> UnsafeRawBufferPointer {
    guard count >= 0, unsafe count <= rest.count else { throw .malformed("a page ends early") }
    let taken = unsafe UnsafeRawBufferPointer(rebasing: rest[..<count])
    unsafe rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    return unsafe taken
  }

  mutating func byte() throws(ReadError) -> UInt8 { unsafe try take(1)[0] }

  /// A number of four bytes, lowest first.
  mutating func length() throws(ReadError) -> Int {
    let bytes = unsafe try take(4)
    return Int(UInt32(littleEndian: unsafe bytes.loadUnaligned(as: UInt32.self)))
  }

  mutating func zigzag() throws(ReadError) -> Int64 {
    let value = try varint()
    return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }
}
