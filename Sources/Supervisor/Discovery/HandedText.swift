internal import JSON
internal import Posix

/// A configuration as a plugin reads it, to find again what its errors point to once it is gone.
struct HandedText {
  private let path: String
  private let config: JSONValue

  /// Reads the file while it is there.
  init(_ path: String) {
    self.path = path
    config = (try? Files.read(path)).flatMap { try? JSONValue.parse($0) } ?? .null
  }

  /// The keys down to the setting that a message's `path:1:COLUMN` points to; nil for any other.
  func keys(in message: String) -> [String]? {
    guard message.hasPrefix("\(path):1:") else { return nil }
    let digits = message.dropFirst(path.count + 3).prefix { $0.isNumber }
    guard let column = Int(digits) else { return nil }
    let keys = Self.keys(at: column, config, from: 1)
    return keys.isEmpty ? nil : keys
  }

  /// Goes down to the innermost value that covers a column; `start` is that of the value, counted as
  /// the file has it: without a space, in characters.
  private static func keys(at column: Int, _ value: JSONValue, from start: Int) -> [String] {
    let members: [(key: String, name: Int, value: JSONValue)] =
      switch value {
      case .object(let object):
        object.map { ($0.key, width(.string($0.key)) + 1, $0.value) }
      case .array(let elements):
        elements.enumerated().map { (String($0.offset), 0, $0.element) }
      default: []
      }
    var place = start + 1
    for member in members {
      place += member.name
      let end = place + width(member.value)
      if (place..<end).contains(column) {
        return [member.key] + keys(at: column, member.value, from: place)
      }
      place = end + 1
    }
    return []
  }

  private static func width(_ value: JSONValue) -> Int { value.encoded().unicodeScalars.count }
}
