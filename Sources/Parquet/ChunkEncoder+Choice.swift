import Codecs
import Columns

/// How the data pages of a chunk are encoded.
struct EncodingChoice {
  /// That of the pages of the first `firstSlots` slots.
  var first: PageEncoding
  var firstSlots: Int
  /// That of the pages after them: where a dictionary is full, the values go on without it.
  var rest: PageEncoding
}

/// What trials on a column's first page have shown.
struct Trial {
  /// The smallest encoding, and the smallest that is no dictionary, which may be full next time.
  var best: PageEncoding
  var other: PageEncoding
}

/// What trials have shown, by the bytes of the column's path: two names that look alike are two.
typealias Trials = [[UInt8]: Trial]

extension ChunkEncoder {
  /// The encodings for `column`; where the first is `.dictionary`, that is built.
  mutating func choose(
    _ column: borrowing Column,
    _ physical: Physical,
    _ trials: inout Trials
  ) throws(CodecError) -> EncodingChoice {
    let wanted = options.encoding(column.leaf.path)
    var rest = wanted.fixed.flatMap { $0.suits(physical) ? $0 : nil }
    if wanted == .auto {
      let trial = try tried(column, physical, &trials)
      rest = trial.other
      if trial.best != .dictionary { dictionarySlots = 0 }
    } else {
      dictionarySlots = rest == nil ? buildDictionary(column, physical) : 0
    }
    return EncodingChoice(
      first: dictionarySlots > 0 ? .dictionary : rest ?? .plain,
      firstSlots: dictionarySlots > 0 ? dictionarySlots : column.slots,
      rest: rest ?? .plain
    )
  }

  /// Encodes and compresses the first page in every way; files keep to what that has shown.
  ///
  /// Where a dictionary is the best, it is built.
  private mutating func tried(
    _ column: borrowing Column,
    _ physical: Physical,
    _ trials: inout Trials
  ) throws(CodecError) -> Trial {
    let key = Array(column.leaf.path.joined(separator: "\u{0}").utf8)
    if let trial = trials[key] {
      if trial.best == .dictionary { dictionarySlots = buildDictionary(column, physical) }
      return trial
    }
    dictionarySlots = buildDictionary(column, physical)
    guard column.count > 0 else { return Trial(best: .plain, other: .plain) }
    let step = slotsPerPage(column, physical, .plain)
    let slots = dictionarySlots > 0 ? min(step, dictionarySlots) : step
    let values = Levels.values(column, 0..<Levels.pageEnd(column, from: 0, slots))
    guard values > 0 else { return Trial(best: .dictionary, other: .plain) }
    var other = (encoding: PageEncoding.plain, size: Int.max)
    for encoding in PageEncoding.allCases where encoding.suits(physical) && encoding != .dictionary
    {
      page.removeAll()
      append(column, 0..<values, physical, encoding)
      let size = try pack()
      if size < other.size { other = (encoding, size) }
    }
    var best = other.encoding
    if dictionarySlots > 0 {
      appendDictionary(column, physical)
      let size = try pack()
      page.removeAll()
      append(column, 0..<values, physical, .dictionary)
      // The dictionary serves as many values as it covers.
      let saved = (other.size - (try pack())) * dictionary.covered / values
      if size <= saved { best = .dictionary }
    }
    let trial = Trial(best: best, other: other.encoding)
    trials[key] = trial
    return trial
  }

  /// Numbers the distinct values; returns for how many of the first slots that is smaller than
  /// PLAIN, all but where the dictionary is full before.
  private mutating func buildDictionary(
    _ column: borrowing Column,
    _ physical: Physical
  ) -> Int {
    guard column.count > 1 else { return 0 }
    let limit = options.dictionaryLimit
    // SAFETY: values are read with a type of the storage's width.
    let built =
      switch column.storage {
      case .boolean: false
      case .int32, .float:
        unsafe dictionary.build(column.values(as: Int32.self), limit: limit)
      case .int64, .double:
        unsafe dictionary.build(column.values(as: Int64.self), limit: limit)
      case .int128, .fixed16:
        unsafe dictionary.build(column.values(as: Int128.self), limit: limit)
      case .bytes:
        unsafe dictionary.build(column.ends, heap: column.heap, limit: limit)
      }
    guard built else { return 0 }
    let covered = dictionary.covered
    let plain =
      physical.width.map { covered * $0 } ?? 4 * covered + Int(unsafe column.ends[covered - 1])
    let page = physical.width.map { dictionary.distinct * $0 } ?? dictionary.pageBytes
    let bits = RunLengthEncoder.width(forMax: dictionary.distinct - 1) * covered
    guard page + bits / 8 < plain else { return 0 }
    return Levels.rowEnd(column, before: covered)
  }
}
