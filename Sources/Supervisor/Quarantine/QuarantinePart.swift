internal import JSON

/// Records that an attempt set aside for good: a range of its quarantine file.
package struct QuarantinePart: Sendable {
  /// The name on its lines: the run's, with the attempt's number where that is not the first.
  package var run: String
  package var file: String
  /// The bytes of the file, from the first line to behind the STATE that was committed last.
  package var range: Range<Int>
  /// How many records are in it.
  package var records: Int
  /// When the attempt began.
  package var began: String
  /// The line numbers, as the records have them, of those that were replayed, in order.
  package var replayed: [ClosedRange<Int>] = []
  /// The streams that are loaded anew, so that their records come again; `*` for all.
  package var superseded: Set<String> = []

  package init(run: String, file: String, range: Range<Int>, records: Int, began: String) {
    self.run = run
    self.file = file
    self.range = range
    self.records = records
    self.began = began
  }

  /// Whether nothing of it waits any more.
  package var isDone: Bool {
    superseded.contains("*") || replayed.reduce(0) { $0 + $1.count } >= records
  }

  /// Whether a record still waits.
  package func waits(line: Int, stream: String) -> Bool {
    guard !superseded.contains("*"), !superseded.contains(stream) else { return false }
    // The last range that begins at or before the line.
    var low = 0
    var high = replayed.count
    while low < high {
      let middle = (low + high) / 2
      if replayed[middle].lowerBound <= line { low = middle + 1 } else { high = middle }
    }
    return low == 0 || replayed[low - 1].upperBound < line
  }

  /// Marks records as replayed.
  package mutating func mark(_ lines: some Sequence<Int>) {
    var sorted = replayed
    sorted += lines.map { $0...$0 }
    sorted.sort { $0.lowerBound < $1.lowerBound }
    var merged: [ClosedRange<Int>] = []
    for range in sorted {
      if let last = merged.last, last.upperBound + 1 >= range.lowerBound {
        merged[merged.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
      } else {
        merged.append(range)
      }
    }
    replayed = merged
  }
}

extension QuarantinePart {
  var json: JSONValue {
    [
      "run": .string(run), "file": .string(file), "began": .string(began),
      "range": Self.pair(range.lowerBound, range.upperBound),
      "records": .number(JSONNumber(records)),
      "replayed": .array(replayed.map { Self.pair($0.lowerBound, $0.upperBound) }),
      "superseded": .array(superseded.sorted().map { .string($0) }),
    ]
  }

  init?(_ value: JSONValue) {
    guard let run = value["run"]?.string, let file = value["file"]?.string,
      let range = Self.pair(value["range"]), let records = value["records"]?.number?.int64
    else { return nil }
    self.init(
      run: run,
      file: file,
      range: range.lowerBound..<range.upperBound,
      records: Int(records),
      began: value["began"]?.string ?? ""
    )
    replayed = (value["replayed"]?.array ?? []).compactMap(Self.pair)
    superseded = Set((value["superseded"]?.array ?? []).compactMap(\.string))
  }

  static func pair(_ first: Int, _ last: Int) -> JSONValue {
    [.number(JSONNumber(first)), .number(JSONNumber(last))]
  }

  static func pair(_ value: JSONValue?) -> ClosedRange<Int>? {
    let ends = (value?.array ?? []).compactMap { $0.number?.int64 }
    return ends.count == 2 && ends[0] <= ends[1] ? Int(ends[0])...Int(ends[1]) : nil
  }
}
