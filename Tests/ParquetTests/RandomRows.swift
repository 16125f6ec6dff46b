import Columns
import Parquet

/// Rows that are the same for the same seed, with the extremes of every type among them.
struct RandomRows {
  var chance: SplitMix

  /// Every scalar type, required and nullable, and lists and structures of some.
  static let schema: Schema = {
    let scalars: [ColumnType] = [
      .boolean, .float, .double, .string, .json, .uuid, .binary, .date,
      .decimal(precision: 9, scale: 2), .decimal(precision: 18, scale: 0),
      .decimal(precision: 19, scale: 19), .decimal(precision: 38, scale: 4),
    ]
    let types =
      scalars + IntegerWidth.allCases.map { .integer($0) } + TimeUnit.allCases.map { .time($0) }
      + TimeUnit.allCases.flatMap { [.timestamp($0, utc: true), .timestamp($0, utc: false)] }
    var fields = types.enumerated().flatMap { index, type in
      [Field("a\(index)", type, nullable: false), Field("b\(index)", type)]
    }
    fields.append(Field("numbers", .list(Field("element", .integer(.i64)))))
    fields.append(
      Field(
        "nested",
        .structure([
          Field("texts", .list(Field("element", .string, nullable: false)), nullable: false),
          Field(
            "deep",
            .list(
              Field("element", .list(Field("element", .structure([Field("flag", .boolean)]))))
            )
          ),
        ]),
        metadata: ["description": "with é"]
      )
    )
    var last = 100
    return Schema(fields.map { numbered($0, &last) })
  }()

  /// Field ids as a table that has lost columns has them: with gaps.
  private static func numbered(_ field: Field, _ last: inout Int) -> Field {
    var field = field
    last += 3
    field.id = last
    switch field.type {
    case .structure(let fields): field.type = .structure(fields.map { numbered($0, &last) })
    case .list(let element): field.type = .list(numbered(element, &last))
    default: break
    }
    return field
  }

  static func batch(_ rows: Int, seed: UInt64) -> Batch {
    var random = RandomRows(chance: SplitMix(state: seed))
    var batch = Batch(schema, rowCapacity: rows)
    for _ in 0..<rows {
      batch.beginRow()
      // SAFETY: as many columns as the batch has.
      for index in 0..<batch.columnCount { unsafe random.append(to: &batch.columns[index]) }
      batch.endRow()
    }
    return batch
  }

  private mutating func append(to column: inout Column) {
    guard column.isRepeated else { return appendSlot(to: &column) }
    let slots = 1 + chance.below(4)
    for slot in 0..<slots {
      let most = Int(column.leaf.maxRepetition)
      column.beginSlot(repetition: UInt8(slot == 0 ? 0 : 1 + chance.below(most)))
      appendSlot(to: &column)
    }
  }

  private mutating func appendSlot(to column: inout Column) {
    let full = Int(column.maxDefinition)
    if full > 0, chance.below(4) == 0 {
      return column.appendNull(definition: UInt8(chance.below(full)))
    }
    let number = chance.number
    switch column.storage {
    case .boolean: column.append(number & 1 == 0)
    case .int32: column.append(Int32(truncatingIfNeeded: number))
    case .int64: column.append(whole(number, column.leaf.type))
    case .int128:
      let wide = Int128(number) * Int128(Int64.max)
      column.append(column.leaf.type == .decimal(precision: 19, scale: 19) ? Int128(number) : wide)
    case .float: column.append(number % 5 == 0 ? -0.0 : Float(number))
    case .double: column.append(number % 5 == 0 ? .infinity : Double(number) / 7)
    case .fixed16: column.append(fixed16: UInt128(UInt64(bitPattern: number)) << 61)
    case .bytes:
      let shared = String(repeating: "shared é 😀 ", count: chance.below(3))
      column.append(chance.below(8) == 0 ? "" : shared + String(number % 1000))
    }
  }

  private func whole(_ number: Int64, _ type: ColumnType) -> Int64 {
    switch type {
    case .decimal(let precision, _):
      precision <= 9 ? number % 1_000_000_000 : number % 999_999_999_999
    case .time(.millis): number % 86_400_000
    default: number
    }
  }
}

/// A generator of numbers that are the same everywhere.
struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var bits = state
    bits = (bits ^ bits >> 30) &* 0xbf58_476d_1ce4_e5b9
    bits = (bits ^ bits >> 27) &* 0x94d0_49bb_1331_11eb
    return bits ^ bits >> 31
  }

  mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }

  /// Small ones, extremes, and any.
  var number: Int64 {
    mutating get {
      switch below(6) {
      case 0: .max
      case 1: .min + 1
      case 2: Int64(truncatingIfNeeded: next())
      default: Int64(below(200)) - 100
      }
    }
  }
}
