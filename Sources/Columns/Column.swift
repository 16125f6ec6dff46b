/// One leaf of a table: dense values with Dremel definition and repetition levels.
///
/// A slot is a value or a null; only values that are there take room in `values`. Appending does
/// not check capacity: a flat column needs `reserve(slots:)` first (`Batch.beginRow` does it for
/// all columns at once), a repeated one is told each slot's repetition with `beginSlot`, which
/// makes room. The heap of a `bytes` column grows by itself.
@safe
public struct Column: ~Copyable, @unchecked Sendable {
  /// What the column is a leaf of.
  public internal(set) var leaf: Leaf
  /// How the values lie in memory.
  public let storage: Storage
  /// The definition level of a value that is there.
  public internal(set) var maxDefinition: UInt8
  /// Whether the column has repetition levels.
  public let isRepeated: Bool
  /// The number of values that are there, the length of `values`.
  @inlinable public var count: Int { valueCount }

  @usableFromInline var valueCount = 0
  @usableFromInline var slotCount = 0
  @usableFromInline var slotCapacity = 0
  @usableFromInline var repeatedRows = 0
  @usableFromInline var heapCount = 0
  @usableFromInline var heapCapacity = 0
  @usableFromInline var valueBytes: UnsafeMutableRawPointer
  @usableFromInline var definitions: UnsafeMutablePointer<UInt8>
  @usableFromInline var repetitions: UnsafeMutablePointer<UInt8>
  @usableFromInline var heapBytes: UnsafeMutablePointer<UInt8>

  /// How many bytes behind the heap may be read and written, so that short texts are moved, hashed
  /// and compared as one word or two, whatever their length.
  @inlinable public static var heapSlack: Int { 16 }

  /// Creates an empty column for `leaf`.
  public init(_ leaf: Leaf) {
    self.leaf = leaf
    storage = leaf.type.storage ?? .bytes
    maxDefinition = leaf.maxDefinition
    isRepeated = leaf.maxRepetition > 0
    // SAFETY: allocations of no size, owned by the column; `deinit` frees whatever stands here.
    unsafe valueBytes = Blocks.take(0)
    unsafe definitions = Self.block(0)
    unsafe repetitions = Self.block(0)
    unsafe heapBytes = Self.block(Self.heapSlack)
  }

  deinit {
    // SAFETY: the column is the only owner of its four blocks, which have these sizes.
    unsafe Blocks.give(valueBytes, slotCapacity * storage.width)
    unsafe Blocks.give(definitions, slotCapacity)
    unsafe Blocks.give(repetitions, isRepeated ? slotCapacity : 0)
    unsafe Blocks.give(heapBytes, heapCapacity + Self.heapSlack)
  }

  /// The number of slots: values and nulls.
  @inlinable public var slots: Int { slotCount }

  /// The number of rows, the last of which may be unfinished.
  @inlinable public var rows: Int { isRepeated ? repeatedRows : slotCount }

  /// The bytes in use: values, heap and levels.
  public var byteCount: Int {
    valueCount * storage.width + heapCount + slotCount * (isRepeated ? 2 : 1)
  }

  /// The number of heap bytes of a `bytes` column.
  @inlinable public var heapSize: Int { heapCount }

  /// Makes room for `slots` slots in all.
  public mutating func reserve(slots: Int) {
    guard slots > slotCapacity else { return }
    let capacity = max(slots, slotCapacity * 2, 64)
    let width = storage.width
    // SAFETY: each new block is larger than the used part of the old one, which is then freed.
    let values = unsafe Blocks.take(capacity * width)
    unsafe values.copyMemory(from: valueBytes, byteCount: valueCount * width)
    unsafe valueBytes.deallocate()
    unsafe valueBytes = values
    unsafe definitions = Self.grown(definitions, slotCount, capacity)
    if isRepeated { unsafe repetitions = Self.grown(repetitions, slotCount, capacity) }
    slotCapacity = capacity
  }

  /// Makes room for `bytes` more heap bytes of a `bytes` column.
  ///
  /// The heap is limited to 4 GiB; a batch is handed over long before.
  public mutating func reserve(heap bytes: Int) {
    guard heapCount + bytes > heapCapacity else { return }
    precondition(heapCount + bytes <= Int(UInt32.max), "a column's heap is limited to 4 GiB")
    let capacity = max(heapCount + bytes, heapCapacity * 2, 1024)
    // SAFETY: as in `reserve(slots:)`.
    unsafe heapBytes = Self.grown(heapBytes, heapCount, capacity + Self.heapSlack)
    heapCapacity = capacity
  }

  private static func grown(
    _ old: UnsafeMutablePointer<UInt8>,
    _ used: Int,
    _ capacity: Int
  ) -> UnsafeMutablePointer<UInt8> {
    // SAFETY: `used` bytes are initialised in `old` and fit in `capacity`.
    let new = unsafe block(capacity)
    unsafe new.initialize(from: old, count: used)
    unsafe old.deallocate()
    return unsafe new
  }

  private static func block(_ bytes: Int) -> UnsafeMutablePointer<UInt8> {
    // SAFETY: a block has no type yet.
    unsafe Blocks.take(bytes).bindMemory(to: UInt8.self, capacity: bytes)
  }

  /// Makes as much room as `other` has, a column of the same leaf.
  mutating func reserve(like other: borrowing Column) {
    reserve(slots: other.slotCapacity)
    reserve(heap: other.heapCapacity - heapCount)
  }

  /// Removes every row from `rows` on, an unfinished one included; capacity stays.
  public mutating func truncate(toRows rows: Int) {
    while self.rows > rows {
      slotCount -= 1
      // SAFETY: `slotCount` was positive, as there are rows; both levels of that slot are set.
      if unsafe definitions[slotCount] == maxDefinition { valueCount -= 1 }
      if isRepeated, unsafe repetitions[slotCount] == 0 { repeatedRows -= 1 }
    }
    guard storage == .bytes else { return }
    // SAFETY: the end offset of the last value that is left.
    heapCount =
      valueCount == 0
      ? 0 : Int(unsafe valueBytes.load(fromByteOffset: valueCount * 4 - 4, as: UInt32.self))
  }
}
