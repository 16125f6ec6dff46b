import Codecs
import Columns

/// What trials on a column's first page have shown.
struct Trial {
  /// The smallest encoding, and the smallest that is no dictionary, which may not fit next time.
  var best: PageEncoding
  var other: PageEncoding
}

/// What trials have shown, by the column's path.
typealias Trials = [[String]: Trial]

extension ChunkEncoder {
  /// The encoding for `column`; where it is `.dictionary`, that is built.
  mutating func choose(
    _ column: borrowing Column,
    _ physical: Physical,
    _ trials: inout Trials
  ) throws(CodecError) -> PageEncoding {
    let wanted = options.encoding(column.leaf.path)
    let fixed = wanted == .auto ? try tried(column, physical, &trials) : wanted.fixed
    if let fixed, fixed.suits(physical) { return fixed }
    return buildDictionary(column, physical) ? .dictionary : .plain
  }

  /// Encodes and compresses the first page in every way; files keep to what that has shown.
  private mutating func tried(
    _ column: borrowing Column,
    _ physical: Physical,
    _ trials: inout Trials
  ) throws(CodecError) -> PageEncoding {
    if let trial = trials[column.leaf.path] {
      guard trial.best == .dictionary else { return trial.best }
      return buildDictionary(column, physical) ? .dictionary : trial.other
    }
    let hasDictionary = buildDictionary(column, physical)
    guard column.count > 0 else { return .plain }
    let step = slotsPerPage(column, physical, .plain)
    let values = Levels.values(column, 0..<Levels.pageEnd(column, from: 0, step))
    guard values > 0 else { return hasDictionary ? .dictionary : .plain }
    func whole(_ sample: Int) -> Int { sample * column.count / values }
    var other = (encoding: PageEncoding.plain, size: Int.max)
    for encoding in PageEncoding.allCases where encoding.suits(physical) && encoding != .dictionary
    {
      page.removeAll()
      append(column, 0..<values, physical, encoding)
      let size = whole(try pack())
      if size < other.size { other = (encoding, size) }
    }
    var best = other.encoding
    if hasDictionary {
      appendDictionary(column, physical)
      let size = try pack()
      page.removeAll()
      append(column, 0..<values, physical, .dictionary)
      if size + whole(try pack()) <= other.size { best = .dictionary }
    }
    trials[column.leaf.path] = Trial(best: best, other: other.encoding)
    return best
  }

  /// Numbers the distinct values; false where PLAIN is smaller.
  private mutating func buildDictionary(
    _ column: borrowing Column,
    _ physical: Physical
  ) -> Bool {
    guard column.count > 1 else { return false }
    let limit = options.dictionaryLimit
    // SAFETY: values are read with a type of the storage's width.
    let built =
      switch column.storage {
      case .boolean: false
      case .int32, .float:
        unsafe dictionary.build(column.values(as: Int32.self), limit: limit / 4)
      case .int64, .double:
        unsafe dictionary.build(column.values(as: Int64.self), limit: limit / 8)
      case .int128, .fixed16:
        unsafe dictionary.build(column.values(as: Int128.self), limit: limit / 16)
      case .bytes:
        unsafe dictionary.build(column.ends, heap: column.heap, limit: limit / 8)
      }
    guard built else { return false }
    let distinct = dictionary.distinct
    let plain: Int
    let page: Int
    if let width = physical.width {
      plain = column.count * width
      page = distinct * width
    } else {
      plain = column.heapSize + 4 * column.count
      var bytes = 4 * distinct
      for number in 0..<distinct {
        bytes += unsafe column.bytes(at: Int(dictionary.firsts[number])).count
      }
      page = bytes
    }
    let bits = RunLengthEncoder.width(forMax: distinct - 1) * column.count
    return page <= limit && page + bits / 8 < plain
  }
}
