/// An element of the plain XML that web services answer with: no attributes, no mixed content.
package struct XML: Sendable {
  package let name: String
  package internal(set) var text = ""
  package internal(set) var children: [XML] = []

  /// The first child of a name.
  package subscript(name: String) -> XML? { children.first { $0.name == name } }

  /// The root element; nil if `bytes` are not well formed.
  package static func parse(_ bytes: [UInt8]) -> XML? {
    var open: [XML] = []
    var place = 0
    while place < bytes.count {
      let end = bytes[place...].firstIndex(of: 0x3C) ?? bytes.count
      if !open.isEmpty { open[open.count - 1].text += unescaped(bytes[place..<end]) }
      guard end < bytes.count, let close = bytes[end...].firstIndex(of: 0x3E) else { return nil }
      let tag = bytes[(end + 1)..<close]
      place = close + 1
      guard let first = tag.first else { return nil }
      if first == 0x3F || first == 0x21 { continue }
      if first == 0x2F {
        guard let done = open.popLast(), Array(done.name.utf8) == Array(tag.dropFirst()) else {
          return nil
        }
        guard !open.isEmpty else { return done }
        open[open.count - 1].children.append(done)
        continue
      }
      let name = tag.prefix { $0 != 0x20 && $0 != 0x2F && $0 != 0x0A }
      let element = XML(name: String(decoding: name, as: UTF8.self))
      guard tag.last == 0x2F else {
        guard open.count < 32 else { return nil }
        open.append(element)
        continue
      }
      guard !open.isEmpty else { return element }
      open[open.count - 1].children.append(element)
    }
    return nil
  }

  /// Text in which the characters that XML reserves are written so that they stay text.
  package static func escaped(_ text: String) -> String {
    text.reduce(into: "") { result, character in
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      default: result.append(character)
      }
    }
  }

  private static func unescaped(_ bytes: ArraySlice<UInt8>) -> String {
    let text = String(decoding: bytes, as: UTF8.self)
    guard text.contains("&") else { return text }
    var result = ""
    var rest = text[...]
    while let mark = rest.firstIndex(of: "&") {
      result += rest[..<mark]
      rest = rest[rest.index(after: mark)...]
      guard let end = rest.firstIndex(of: ";") else { return "\(result)&\(rest)" }
      let entity = rest[..<end]
      rest = rest[rest.index(after: end)...]
      switch entity {
      case "amp": result += "&"
      case "lt": result += "<"
      case "gt": result += ">"
      case "quot": result += "\""
      case "apos": result += "'"
      default:
        let isHex = entity.hasPrefix("#x")
        let number = UInt32(entity.dropFirst(isHex ? 2 : 1), radix: isHex ? 16 : 10)
        if let scalar = number.flatMap(Unicode.Scalar.init) { result.unicodeScalars.append(scalar) }
      }
    }
    return result + rest
  }
}
