import ConnectorKit
import JSON
import Wire

/// The column that an incremental sync goes by: which rows are new, and how far it has come.
struct Cursor {
  /// A value of the column, with what it is compared by.
  struct Value {
    /// As records have it: a JSON value's text.
    var text: [UInt8]
    fileprivate var rank: Rank
  }

  fileprivate enum Rank {
    case integer(Int64)
    case number(JSONNumber)
    case instant(Int64, Int64)
    case text([UInt8])

    static func < (left: Self, right: Self) -> Bool {
      switch (left, right) {
      case (.integer(let left), .integer(let right)): left < right
      case (.instant(let left, let fine), .instant(let right, let other)):
        (left, fine) < (right, other)
      case (.text(let left), .text(let right)): left.lexicographicallyPrecedes(right)
      default: left.exact < right.exact
      }
    }

    private var exact: JSONNumber {
      switch self {
      case .integer(let value): JSONNumber(value)
      case .number(let number): number
      default: JSONNumber(0)
      }
    }
  }

  let column: String
  let kind: ColumnKind
  /// Rows below it were read by a former sync.
  let start: Value?
  /// The largest value so far.
  private(set) var maximum: Value?
  /// Rows without a value that were passed by, since nothing tells whether they are new.
  private(set) var passedBy = 0

  init(column: String, kind: ColumnKind, start: Value?, maximum: Value?) {
    self.column = column
    self.kind = kind
    self.start = start
    self.maximum = maximum ?? start
  }

  /// Reads a value as a bookmark or a record has it; nil if it is none of the kind.
  static func value(_ json: JSONValue, _ kind: ColumnKind) -> Value? {
    let text = Array(json.encoded().utf8)
    return unsafe text.withUnsafeBufferPointer { buffer in
      unsafe buffer.baseAddress.flatMap { unsafe value($0, $0 + buffer.count, kind) }
    }
  }

  /// The value that the JSON text from `start` to `end` is.
  private static func value(_ start: Position, _ end: Position, _ kind: ColumnKind) -> Value? {
    // SAFETY: positions are those of one JSON value's text.
    let text = unsafe Array(UnsafeBufferPointer(start: start, count: end - start))
    let isString = text.count >= 2 && text.first == 0x22
    switch kind {
    case .integer, .number, .decimal:
      let digits = String(decoding: isString ? text[1..<text.count - 1] : text[...], as: UTF8.self)
      if let integer = Int64(digits) { return Value(text: text, rank: .integer(integer)) }
      return JSONNumber(digits).map { Value(text: text, rank: .number($0)) }
    case .dateTime:
      guard isString, let reading = unsafe TimeText.read(start + 1, end - 1) else { return nil }
      return Value(text: text, rank: .instant(reading.seconds, reading.nanos))
    case .date, .string: return isString ? Value(text: text, rank: .text(text)) : nil
    case .boolean: return nil
    }
  }

  /// Whether a row with this value is to be read; notes the largest.
  ///
  /// The value is as it was written to the record. A row without one is read where there is no
  /// bookmark yet.
  mutating func admits(_ start: Position, _ end: Position) -> Bool {
    guard let value = unsafe Self.value(start, end, kind) else { return admitsNone() }
    if let least = self.start, value.rank < least.rank { return false }
    if let maximum, !(maximum.rank < value.rank) { return true }
    maximum = value
    return true
  }

  /// Whether a row without a value is to be read.
  mutating func admitsNone() -> Bool {
    if start == nil { return true }
    passedBy += 1
    return false
  }
}

extension Cursor.Value {
  /// The value for a bookmark.
  var json: JSONValue { (try? JSONValue.parse(text)) ?? .null }
}
