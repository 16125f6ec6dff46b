/// Bytes that grow at the end, reused from page to page.
@safe
struct ByteBuffer: ~Copyable {
  private(set) var base: UnsafeMutableRawPointer
  private(set) var count = 0
  private var capacity: Int

  init(capacity: Int = 4096) {
    // SAFETY: owned by the buffer, freed in `deinit` or when it grows.
    unsafe base = .allocate(byteCount: capacity, alignment: 16)
    self.capacity = capacity
  }

  deinit { unsafe base.deallocate() }

  /// The bytes written so far, until the next change.
  var bytes: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(start: base, count: count) }

  mutating func removeAll() { count = 0 }

  /// Makes room for `more` bytes and returns where they begin; `advance` then counts them.
  mutating func room(_ more: Int) -> UnsafeMutableRawPointer {
    if count + more > capacity {
      let larger = max(count + more, capacity * 2)
      // SAFETY: the new block is larger than the used part of the old one.
      let block = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 16)
      unsafe block.copyMemory(from: base, byteCount: count)
      unsafe base.deallocate()
      unsafe base = block
      capacity = larger
    }
    return unsafe base + count
  }

  mutating func advance(_ bytes: Int) { count += bytes }

  mutating func append(_ byte: UInt8) {
    // SAFETY: `room` made place for one byte.
    unsafe room(1).storeBytes(of: byte, as: UInt8.self)
    count += 1
  }

  mutating func append(_ source: UnsafeRawBufferPointer) {
    guard let start = source.baseAddress else { return }
    // SAFETY: `room` made place for all of `source`.
    unsafe room(source.count).copyMemory(from: start, byteCount: source.count)
    count += source.count
  }

  mutating func append(littleEndian16 value: UInt16) {
    // SAFETY: `room` made place for two bytes.
    unsafe room(2).storeBytes(of: value.littleEndian, as: UInt16.self)
    count += 2
  }

  mutating func append(littleEndian value: UInt32) {
    // SAFETY: `room` made place for four bytes.
    unsafe room(4).storeBytes(of: value.littleEndian, as: UInt32.self)
    count += 4
  }

  mutating func append(varint value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    append(UInt8(truncatingIfNeeded: rest))
  }

  /// Overwrites four bytes at `offset`, which were appended before.
  mutating func set(littleEndian value: UInt32, at offset: Int) {
    precondition(offset + 4 <= count)
    // SAFETY: inside the used part, as just checked.
    unsafe base.storeBytes(of: value.littleEndian, toByteOffset: offset, as: UInt32.self)
  }
}
