import Columns

/// What a footer tells of a chunk's values, and the column index of a page's.
struct Statistics: Equatable {
  var minimum: Bound?
  var maximum: Bound?
  var nulls: Int
  /// How many values differ, where that is known.
  var distinct: Int?

  /// Nil extremes stand for no value, or none that has an order.
  init(
    _ column: borrowing Column,
    _ extremes: Extremes?,
    _ physical: Physical,
    nulls: Int,
    distinct: Int? = nil
  ) {
    self.nulls = nulls
    self.distinct = distinct
    set(extremes, column, physical)
  }

  mutating func set(_ extremes: Extremes?, _ column: borrowing Column, _ physical: Physical) {
    guard let extremes else { return }
    minimum = Bound.lower(column, extremes.low, physical)
    maximum = Bound.upper(column, extremes.high, physical)
  }

  func write(to thrift: inout ThriftWriter) {
    thrift.i64(3, nulls)
    if let distinct { thrift.i64(4, distinct) }
    if let maximum { thrift.binary(5, maximum.bytes) }
    if let minimum { thrift.binary(6, minimum.bytes) }
    if let maximum { thrift.bool(7, maximum.isExact) }
    if let minimum { thrift.bool(8, minimum.isExact) }
  }
}
