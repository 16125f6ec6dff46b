internal import JSON

/// A key that stands twice in one object: of such text every reader makes something else.
enum RepeatedKey {
  /// The first in a text that is valid JSON, and its line, from 1; nil where there is none.
  static func first(in text: [UInt8]) -> (key: String, line: Int)? {
    /// The keys of each object that is open; nil for an array.
    var open: [Set<String>?] = []
    var isKeyNext = false
    var line = 1
    var index = 0
    while index < text.count {
      switch text[index] {
      case 0x0A: line += 1
      case 0x7B:
        open.append([])
        isKeyNext = true
      case 0x5B: open.append(Set<String>?.none)
      case 0x7D, 0x5D: _ = open.popLast()
      case 0x2C: isKeyNext = open.last.map { $0 != nil } ?? false
      case 0x3A: isKeyNext = false
      case 0x22:
        let end = closingQuote(of: text, from: index)
        if isKeyNext, let key = (try? JSONValue.parse(Array(text[index...end])))?.string,
          open[open.count - 1]?.insert(key).inserted == false
        {
          return (key, line)
        }
        index = end
      default: break
      }
      index += 1
    }
    return nil
  }

  private static func closingQuote(of text: [UInt8], from start: Int) -> Int {
    var index = start + 1
    while index < text.count, text[index] != 0x22 { index += text[index] == 0x5C ? 2 : 1 }
    return min(index, text.count - 1)
  }
}
