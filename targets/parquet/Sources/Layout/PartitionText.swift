import Columns
import Parquet

/// The values of a partition column as the names of folders have them.
enum PartitionText {
  /// The folder of rows without a value, which Hive and every reader of its layout know.
  static let null = "__HIVE_DEFAULT_PARTITION__"

  /// The text of a value of `column`; `unit` shortens a date or a timestamp.
  static func text(
    _ column: borrowing Column,
    at place: Int,
    _ unit: Partitioning.Unit?
  ) -> String {
    guard case .timestamp(let resolution, _) = column.leaf.type else {
      let value = text(RowValue(column, at: place))
      return unit.map { shortened(value, to: $0) } ?? value
    }
    // SAFETY: the storage of a timestamp, the place below the number of values.
    let value = unsafe column.values(as: Int64.self)[place]
    // A reading of a clock, whichever zone it is of: date, space, time, as Hive and Spark have it.
    let full = CalendarText.timestamp(value, resolution, utc: false)
    if let unit { return shortened(full, to: unit) }
    var plain = full.replacing("T", with: " ", maxReplacements: 1)
    if plain.contains(".") { while plain.hasSuffix("0") { plain.removeLast() } }
    return plain
  }

  private static func text(_ value: RowValue) -> String {
    switch value {
    case .boolean(let value): value ? "true" : "false"
    case .number(let text), .text(let text): text
    // Columns of other types name no folders.
    case .null, .bytes, .list, .structure: ""
    }
  }

  /// `YYYY`, `YYYY-MM`, `YYYY-MM-DD` or `YYYY-MM-DD-HH` of `YYYY-MM-DD[THH:MM…]`.
  private static func shortened(_ text: String, to unit: Partitioning.Unit) -> String {
    let count =
      switch unit {
      case .year: 4
      case .month: 7
      case .day: 10
      case .hour: 13
      }
    // Years before the first have a sign.
    let sign = text.hasPrefix("-") ? 1 : 0
    return String(text.prefix(count + sign)).replacing("T", with: "-")
  }

  /// What tells the folders of two values of a time apart, at less cost than their texts.
  static func bucket(_ value: Int64, _ type: ColumnType, _ unit: Partitioning.Unit) -> Int64 {
    guard case .timestamp(let resolution, _) = type else { return value }
    let length = resolution.perSecond * (unit == .hour ? 3_600 : 86_400)
    return value / length - (value % length < 0 ? 1 : 0)
  }

  /// `name=value`, both written as Hive writes them: what a path or a shell could take amiss as
  /// `%XX`.
  static func folder(_ name: String, _ value: String?) -> String {
    guard let value else { return "\(escaped(name))=\(null)" }
    // A value that looks like the folder of nulls must not get into it.
    let text = value == null ? "%5F" + value.dropFirst() : escaped(value)
    return "\(escaped(name))=\(text)"
  }

  private static func escaped(_ text: String) -> String {
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case 0x00...0x1F, 0x22, 0x23, 0x25, 0x27, 0x2A, 0x2F, 0x3A, 0x3D, 0x3F, 0x5B...0x5E, 0x7B,
        0x7F:
        bytes += [0x25, hex(byte >> 4), hex(byte & 15)]
      default: bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func hex(_ digit: UInt8) -> UInt8 { digit + (digit < 10 ? 0x30 : 0x37) }
}
