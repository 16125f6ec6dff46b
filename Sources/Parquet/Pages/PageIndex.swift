import Columns

/// Where the pages of a chunk lie and what is in them: the column index and the offset index.
///
/// Specification: parquet-format, PageIndex.md.
struct PageIndex {
  struct Page {
    /// The place of the page's header in the file.
    var offset: Int
    /// With its header, after compression.
    var size: Int
    /// The row at which it begins, counted in its row group.
    var firstRow: Int
    var values: Int
    var statistics: Statistics
  }

  /// The numbers of the Thrift enumeration `BoundaryOrder`.
  enum Order: Int {
    case none = 0
    case ascending = 1
    case descending = 2
  }

  var pages: [Page] = []
  var order = Order.none

  /// The order of the pages, whose extremes are given where they have values.
  static func order(_ column: borrowing Column, _ extremes: [Extremes]) -> Order {
    var isAscending = true
    var isDescending = true
    for (left, right) in zip(extremes, extremes.dropFirst()) {
      for (one, other) in [(left.low, right.low), (left.high, right.high)] {
        let pair = Extremes(column, .list([UInt32(one), UInt32(other)]))
        // Of equals the first is found.
        if pair?.low != one { isAscending = false }
        if pair?.high != one { isDescending = false }
      }
    }
    return isAscending ? .ascending : isDescending ? .descending : .none
  }

  /// The column index; nil where a page has values but no bounds, which it cannot tell.
  var columnIndex: [UInt8]? {
    guard pages.allSatisfy({ $0.values == 0 || $0.statistics.maximum != nil }) else { return nil }
    var thrift = ThriftWriter()
    thrift.element { thrift in
      thrift.list(1, of: .yes, count: pages.count)
      for page in pages { thrift.element(page.values == 0) }
      thrift.list(2, of: .binary, count: pages.count)
      for page in pages { thrift.element(page.statistics.minimum?.bytes ?? []) }
      thrift.list(3, of: .binary, count: pages.count)
      for page in pages { thrift.element(page.statistics.maximum?.bytes ?? []) }
      thrift.i32(4, order.rawValue)
      thrift.list(5, of: .i64, count: pages.count)
      for page in pages { thrift.element(page.statistics.nulls) }
    }
    return thrift.bytes
  }

  var offsetIndex: [UInt8] {
    var thrift = ThriftWriter()
    thrift.element { thrift in
      thrift.list(1, of: .structure, count: pages.count)
      for page in pages {
        thrift.element {
          $0.i64(1, page.offset)
          $0.i32(2, page.size)
          $0.i64(3, page.firstRow)
        }
      }
    }
    return thrift.bytes
  }
}
