// SAFETY, for the whole file: the pointers lent are valid until the column is next mutated or
// ends; a caller asks for the type that `storage` names, which is how the values were stored.

extension Column {
  /// The values that are there, densely; `UInt32` end offsets for `bytes`.
  @inlinable public var rawValues: UnsafeRawBufferPointer {
    unsafe UnsafeRawBufferPointer(start: valueBytes, count: valueCount &* storage.width)
  }

  /// The values that are there, as `Value`, the type that `storage` names.
  @inlinable
  public func values<Value: BitwiseCopyable>(as type: Value.Type) -> UnsafeBufferPointer<Value> {
    unsafe UnsafeBufferPointer(
      start: UnsafePointer(valueBytes.assumingMemoryBound(to: type)),
      count: valueCount
    )
  }

  /// The end offset in `heap` of each value of a `bytes` column; the first begins at 0.
  @inlinable public var ends: UnsafeBufferPointer<UInt32> { unsafe values(as: UInt32.self) }

  /// The bytes of all values of a `bytes` column, one after another; `heapSlack` bytes more may be
  /// read behind them, whatever they are.
  @inlinable public var heap: UnsafeBufferPointer<UInt8> {
    unsafe UnsafeBufferPointer(start: UnsafePointer(heapBytes), count: heapCount)
  }

  /// The bytes of value `index` of a `bytes` column.
  @inlinable
  public func bytes(at index: Int) -> UnsafeBufferPointer<UInt8> {
    let ends = unsafe ends
    let start = index == 0 ? 0 : Int(unsafe ends[index - 1])
    let end = Int(unsafe ends[index])
    return unsafe UnsafeBufferPointer(start: UnsafePointer(heapBytes) + start, count: end - start)
  }

  /// The definition level of each slot.
  @inlinable public var definition: UnsafeBufferPointer<UInt8> {
    unsafe UnsafeBufferPointer(start: UnsafePointer(definitions), count: slotCount)
  }

  /// The repetition level of each slot; empty unless `isRepeated`.
  @inlinable public var repetition: UnsafeBufferPointer<UInt8> {
    unsafe UnsafeBufferPointer(
      start: UnsafePointer(repetitions),
      count: isRepeated ? slotCount : 0
    )
  }
}
