internal import Contracts
internal import JSON

/// Reads a cell of CSV as a value of the type that a contract gives its column, by the rules of the
/// CSV tap: so a test of the file says what a run would.
enum CellText {
  /// The value; nil where the text is none of the type, and stays a text.
  static func value(_ text: String, _ property: ContractProperty) -> JSONValue? {
    switch property.type {
    case .integer?, .number?:
      text.isEmpty ? .null : JSONNumber(text).map { .number($0) }
    case .boolean?:
      switch text.lowercased() {
      case "": .null
      case "true": .bool(true)
      case "false": .bool(false)
      default: nil
      }
    case .date?, .timestamp?: time(text, property)
    default: nil
    }
  }

  /// A time of a column that the tap reads as such; times of other forms are texts to it.
  private static func time(_ text: String, _ property: ContractProperty) -> JSONValue? {
    let isRead =
      switch property.temporal?.form {
      case .isoDate?, .isoTimestamp?: true
      default: property.temporal?.isDay ?? false
      }
    guard isRead else { return nil }
    return text.isEmpty ? .null : rfc3339(text).map { .string($0) }
  }

  /// A date-time as RFC 3339 has it, of one with a blank for the T, without seconds, or with its
  /// offset as `+02` or `+0200`; nil for every other text.
  static func rfc3339(_ text: String) -> String? {
    let bytes = Array(text.utf8)
    guard bytes.count >= 16, bytes[10] | 0x20 == 0x74 || bytes[10] == 0x20, bytes[13] == 0x3A
    else { return nil }
    // Signs before are those of the date.
    let zone = bytes[16...].firstIndex { $0 == 0x2B || $0 == 0x2D || $0 | 0x20 == 0x7A }
    var clock = Array(bytes[11..<(zone ?? bytes.count)])
    if clock.count == 5 { clock += Array(":00".utf8) }
    var offset = zone.map { Array(bytes[$0...]) } ?? []
    switch offset.count {
    case 1: offset = [0x5A]
    case 3: offset += Array(":00".utf8)
    case 5: offset.insert(0x3A, at: 3)
    default: break
    }
    return String(decoding: bytes[..<10] + [0x54] + clock + offset, as: UTF8.self)
  }
}
