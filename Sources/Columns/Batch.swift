/// Rows of one schema, column by column: what becomes a row group.
///
/// A row is appended by `beginRow`, one slot (or a list's slots) in every column, `endRow`;
/// `truncate(toRows:)` takes back an unfinished one.
@safe
public struct Batch: ~Copyable, @unchecked Sendable {
  /// The schema of the rows.
  public internal(set) var schema: Schema
  /// The number of leaves, also after columns were taken out.
  public let columnCount: Int
  /// The number of finished rows.
  @inlinable public var rows: Int { rowCount }

  @usableFromInline var rowCount = 0
  @usableFromInline var rowCapacity = 0
  @usableFromInline let storage: UnsafeMutablePointer<Column>
  var taken = 0

  /// Creates an empty batch; `rowCapacity` saves growing when the size is known.
  public init(_ schema: Schema, rowCapacity: Int = 0) {
    self.schema = schema
    let leaves = schema.leaves
    columnCount = leaves.count
    // SAFETY: as many columns are initialised as are allocated; `deinit` ends those not taken.
    unsafe storage = .allocate(capacity: leaves.count)
    for (index, leaf) in leaves.enumerated() {
      unsafe (storage + index).initialize(to: Column(leaf))
    }
    if rowCapacity > 0 { growRows(to: rowCapacity) }
  }

  deinit {
    // SAFETY: columns before `taken` have been moved out, the others are initialised.
    unsafe (storage + taken).deinitialize(count: columnCount - taken)
    unsafe storage.deallocate()
  }

  /// The columns, one per leaf of the schema; valid until one is taken or the batch ends.
  @inlinable public var columns: UnsafeMutablePointer<Column> { unsafe storage }

  /// Calls `body` with the column of leaf `index`.
  public func withColumn<Result, Failure: Error>(
    _ index: Int,
    _ body: (borrowing Column) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    precondition(index >= taken && index < columnCount, "no such column, or taken already")
    // SAFETY: the index is in the initialised part.
    return try unsafe body(storage[index])
  }

  /// The bytes in use by all columns that have not been taken.
  public var byteCount: Int {
    var sum = 0
    // SAFETY: only initialised columns are read.
    for index in taken..<columnCount { sum += unsafe storage[index].byteCount }
    return sum
  }

  /// Makes room for one more row; called before a row's first append.
  @inlinable
  public mutating func beginRow() {
    if rowCount == rowCapacity { growRows(to: max(256, rowCapacity &* 2)) }
  }

  /// Counts the row that was appended to every column.
  @inlinable
  public mutating func endRow() { rowCount &+= 1 }

  @usableFromInline @inline(never)
  mutating func growRows(to capacity: Int) {
    precondition(taken == 0, "columns were taken out of this batch")
    // SAFETY: no column has been taken.
    for index in 0..<columnCount { unsafe storage[index].reserve(slots: capacity) }
    rowCapacity = capacity
  }

  /// Makes as much room as `other` has, a batch of the same schema.
  public mutating func reserve(like other: borrowing Batch) {
    precondition(taken == 0 && other.taken == 0, "columns were taken out of this batch")
    for index in 0..<columnCount {
      // SAFETY: both batches have the same columns, all initialised.
      unsafe storage[index].reserve(like: other.storage[index])
    }
    rowCapacity = max(rowCapacity, other.rowCapacity)
  }

  /// Removes every row from `rows` on, and whatever an unfinished row left.
  public mutating func truncate(toRows rows: Int) {
    // SAFETY: only initialised columns are touched.
    for index in taken..<columnCount { unsafe storage[index].truncate(toRows: rows) }
    rowCount = min(rowCount, rows)
  }

  /// Moves the next column out, in leaf order; nil when all have been taken.
  ///
  /// Its memory ends with it, so that a row group can be encoded and freed column by column.
  public mutating func takeColumn() -> Column? {
    guard taken < columnCount else { return nil }
    taken += 1
    // SAFETY: this column was initialised and is counted as taken from now on.
    return unsafe (storage + taken - 1).move()
  }
}
