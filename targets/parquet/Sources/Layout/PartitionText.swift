import Columns

/// The values of a partition column as the names of folders have them.
enum PartitionText {
  /// The folder of rows without a value, which Hive and every reader of its layout know.
  static let null = "__HIVE_DEFAULT_PARTITION__"

  /// The text of one value, given as the bits of its storage; `unit` shortens a time.
  static func text(_ value: Int128, _ type: ColumnType, _ unit: Partitioning.Unit?) -> String {
    switch type {
    case .boolean: return value == 0 ? "false" : "true"
    case .decimal(_, let scale): return decimal(value, scale)
    case .uuid: return uuid(UInt128(bitPattern: value))
    case .date: return day(Int64(value), unit ?? .day)
    case .timestamp(let resolution, _):
      let perDay = resolution.perSecond * 86_400
      let count = Int64(value)
      let days = floor(count, perDay)
      guard let unit else { return timestamp(days, count - days * perDay, resolution) }
      let date = day(days, unit == .hour ? .day : unit)
      guard unit == .hour else { return date }
      return "\(date)-\(padded((count - days * perDay) / (perDay / 24), 2))"
    default: return String(value)
    }
  }

  /// What tells the folders of two values of a time apart, at less cost than their texts.
  static func bucket(_ value: Int64, _ type: ColumnType, _ unit: Partitioning.Unit) -> Int64 {
    guard case .timestamp(let resolution, _) = type else { return value }
    let hour = resolution.perSecond * 3_600
    return unit == .hour ? floor(value, hour) : floor(value, hour * 24)
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

  // MARK: Values

  private static func decimal(_ value: Int128, _ scale: Int) -> String {
    guard scale > 0 else { return String(value) }
    var digits = String(value.magnitude)
    digits = String(repeating: "0", count: max(0, scale + 1 - digits.utf8.count)) + digits
    let point = digits.index(digits.endIndex, offsetBy: -scale)
    return "\(value < 0 ? "-" : "")\(digits[..<point]).\(digits[point...])"
  }

  private static func uuid(_ value: UInt128) -> String {
    var text = ""
    for nibble in 0..<32 {
      if [8, 12, 16, 20].contains(nibble) { text += "-" }
      text += String(Int((value >> UInt128((31 - nibble) * 4)) & 15), radix: 16)
    }
    return text
  }

  private static func timestamp(_ days: Int64, _ rest: Int64, _ unit: TimeUnit) -> String {
    let seconds = rest / unit.perSecond
    let time = [seconds / 3600, seconds / 60 % 60, seconds % 60].map { padded($0, 2) }
    var text = "\(day(days, .day)) \(time.joined(separator: ":"))"
    let fraction = rest % unit.perSecond
    if fraction > 0 {
      var digits = padded(fraction, String(unit.perSecond).utf8.count - 1)
      while digits.hasSuffix("0") { digits.removeLast() }
      text += ".\(digits)"
    }
    return text
  }

  /// The date of a day since 1970-01-01, in the proleptic Gregorian calendar.
  private static func day(_ days: Int64, _ unit: Partitioning.Unit) -> String {
    // Years begin in March, so that the leap day is the last.
    let shifted = days + 719_468
    let era = floor(shifted, 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let dayOfMonth = dayOfYear - (153 * marchMonth + 2) / 5 + 1
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    let parts = [padded(year, 4), padded(month, 2), padded(dayOfMonth, 2)]
    switch unit {
    case .year: return parts[0]
    case .month: return parts[..<2].joined(separator: "-")
    case .day, .hour: return parts.joined(separator: "-")
    }
  }

  private static func floor(_ value: Int64, _ by: Int64) -> Int64 {
    value / by - (value % by < 0 ? 1 : 0)
  }

  private static func padded(_ number: Int64, _ width: Int) -> String {
    let digits = String(number.magnitude)
    let zeros = String(repeating: "0", count: max(0, width - digits.utf8.count))
    return (number < 0 ? "-" : "") + zeros + digits
  }
}
