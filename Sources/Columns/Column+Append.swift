// SAFETY, for the whole file: `Column` documents that room for the slot was made before; every
// store below is at `valueCount` or `slotCount`, both below `slotCapacity` then. The heap has room for
// `heapSlack` bytes more than its capacity.

extension Column {
  /// Starts a slot of a repeated column: makes room and sets the repetition level.
  @inlinable
  public mutating func beginSlot(repetition: UInt8) {
    if slotCount == slotCapacity { reserve(slots: slotCount + 1) }
    unsafe repetitions[slotCount] = repetition
    if repetition == 0 { repeatedRows &+= 1 }
  }

  /// Appends a slot without a value, defined up to `definition`.
  @inlinable
  public mutating func appendNull(definition: UInt8 = 0) {
    unsafe definitions[slotCount] = definition
    slotCount &+= 1
  }

  @inlinable @inline(__always)
  mutating func appendTrivial<Value: BitwiseCopyable>(_ value: Value) {
    unsafe valueBytes.storeBytes(
      of: value,
      toByteOffset: valueCount &* MemoryLayout<Value>.stride,
      as: Value.self
    )
    unsafe definitions[slotCount] = maxDefinition
    valueCount &+= 1
    slotCount &+= 1
  }

  /// Appends to a `boolean` column.
  @inlinable @inline(__always)
  public mutating func append(_ value: Bool) { appendTrivial(value ? 1 as UInt8 : 0) }

  /// Appends to an `int32` column.
  @inlinable @inline(__always)
  public mutating func append(_ value: Int32) { appendTrivial(value) }

  /// Appends to an `int64` column.
  @inlinable @inline(__always)
  public mutating func append(_ value: Int64) { appendTrivial(value) }

  /// Appends to an `int128` column.
  @inlinable @inline(__always)
  public mutating func append(_ value: Int128) { appendTrivial(value) }

  /// Appends to a `float` column.
  @inlinable @inline(__always)
  public mutating func append(_ value: Float) { appendTrivial(value) }

  /// Appends to a `double` column.
  @inlinable @inline(__always)
  public mutating func append(_ value: Double) { appendTrivial(value) }

  /// Appends to a `fixed16` column: the sixteen bytes in writing order, first byte highest.
  @inlinable @inline(__always)
  public mutating func append(fixed16 value: UInt128) { appendTrivial(value.bigEndian) }

  /// Appends `count` bytes at `start` to a `bytes` column; `readable` says how many may be read there.
  @inlinable
  public mutating func append(
    bytes start: UnsafePointer<UInt8>,
    count: Int,
    readable: Int = 0
  ) {
    if heapCount &+ count > heapCapacity { reserve(heap: count) }
    let place = unsafe heapBytes + heapCount
    if count <= Self.heapSlack, readable >= Self.heapSlack {
      unsafe UnsafeMutableRawPointer(place).storeBytes(
        of: UnsafeRawPointer(start).loadUnaligned(as: SIMD16<UInt8>.self),
        as: SIMD16<UInt8>.self
      )
    } else {
      unsafe place.update(from: start, count: count)
    }
    heapCount &+= count
    appendTrivial(UInt32(truncatingIfNeeded: heapCount))
  }

  /// Appends to a `bytes` column what `write` puts into up to `capacity` bytes.
  ///
  /// `write` returns how many bytes it wrote, or nil to append nothing at all.
  @inlinable
  public mutating func append(
    upTo capacity: Int,
    _ write: (UnsafeMutablePointer<UInt8>) -> Int?
  ) -> Bool {
    if heapCount &+ capacity > heapCapacity { reserve(heap: capacity) }
    guard let count = unsafe write(heapBytes + heapCount) else { return false }
    heapCount &+= count
    appendTrivial(UInt32(truncatingIfNeeded: heapCount))
    return true
  }

  /// Appends the bytes of `buffer` to a `bytes` column.
  @inlinable
  public mutating func append(_ buffer: UnsafeRawBufferPointer) {
    guard let base = buffer.baseAddress else {
      appendTrivial(UInt32(truncatingIfNeeded: heapCount))
      return
    }
    unsafe append(bytes: base.assumingMemoryBound(to: UInt8.self), count: buffer.count)
  }

  /// Appends the UTF-8 bytes of `text` to a `bytes` column.
  public mutating func append(_ text: String) {
    var text = text
    text.withUTF8 { unsafe append(UnsafeRawBufferPointer($0)) }
  }
}
