package import JSON

/// Takes given texts, the forms of secrets, out of what is told.
///
/// A form of five bytes or less is taken out only where it stands alone, without a letter or a
/// digit beside it; a longer one wherever it is, and so is the beginning of one that a sign of
/// omission cuts short.
package struct TextMask: Sendable {
  private struct Form: Sendable {
    let bytes: [UInt8]
    /// Whether it counts only between signs that are neither letters nor digits.
    let isShort: Bool
  }

  /// By first byte, the longest first.
  private let forms: [UInt8: [Form]]
  private let isFirst: [Bool]
  /// The length of the longest form.
  package let reach: Int

  private static let short = 5
  /// What stands in place of a secret.
  package static let mark = "********"
  private static let mark8 = Array(mark.utf8)
  /// A beginning that is shorter may be that of anything.
  private static let shortestCut = 6
  private static let omissions = [Array("…".utf8), Array("...".utf8)]

  /// Of the forms `all`, none of them empty.
  package init(_ all: Set<String> = []) {
    let sorted = all.map { Array($0.utf8) }.sorted { $0.count > $1.count }
    reach = sorted.first?.count ?? 0
    forms = Dictionary(
      grouping: sorted.map { Form(bytes: $0, isShort: $0.count <= Self.short) },
      by: { $0.bytes[0] }
    )
    var isFirst = [Bool](repeating: false, count: 256)
    for byte in forms.keys { isFirst[Int(byte)] = true }
    self.isFirst = isFirst
  }

  /// The text without secrets.
  package func applied(to text: String) -> String {
    guard reach > 0, let clean = applied(to: Array(text.utf8)) else { return text }
    return String(decoding: clean, as: UTF8.self)
  }

  /// Every text in a value without secrets; the names of members stay.
  package func applied(to value: JSONValue) -> JSONValue {
    guard reach > 0 else { return value }
    switch value {
    case .string(let text): return .string(applied(to: text))
    case .array(let elements): return .array(elements.map { applied(to: $0) })
    case .object(let object):
      return .object(
        JSONObject(object.map { (key: $0.key, value: applied(to: $0.value)) })
      )
    default: return value
    }
  }

  /// The bytes without secrets; nil where there are none in them.
  package func applied(to bytes: [UInt8]) -> [UInt8]? {
    guard reach > 0 else { return nil }
    var result: [UInt8] = []
    var kept = 0
    var index = 0
    while index < bytes.count {
      guard isFirst[Int(bytes[index])], let length = match(bytes, index) else {
        index += 1
        continue
      }
      result += bytes[kept..<index]
      result += Self.mark8
      index += length
      kept = index
    }
    guard kept > 0 else { return nil }
    return result + bytes[kept...]
  }

  /// The length of the secret that begins at `start`, or of what is left of one.
  private func match(_ bytes: [UInt8], _ start: Int) -> Int? {
    var cut: Int?
    for form in forms[bytes[start]] ?? [] {
      var count = 0
      let most = min(form.bytes.count, bytes.count - start)
      while count < most, bytes[start + count] == form.bytes[count] { count += 1 }
      let end = start + count
      if count == form.bytes.count {
        if !form.isShort || (Self.isBegin(bytes, start) && Self.isEnd(bytes, end)) { return count }
      } else if count >= Self.shortestCut, count > cut ?? 0,
        Self.omissions.contains(where: { bytes[end...].starts(with: $0) })
      {
        cut = count
      }
    }
    return cut
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: false
    }
  }

  private static func isEnd(_ bytes: [UInt8], _ end: Int) -> Bool {
    end == bytes.count || !isWord(bytes[end])
  }

  /// Whether no word goes on here; `\n`, `%3A` and `\u0022` end in letters, too.
  private static func isBegin(_ bytes: [UInt8], _ start: Int) -> Bool {
    guard start > 0, isWord(bytes[start - 1]) else { return true }
    func has(_ byte: UInt8, before count: Int) -> Bool {
      start >= count && bytes[start - count] == byte
    }
    if has(0x5C, before: 2) { return [0x6E, 0x72, 0x74].contains(bytes[start - 1]) }
    return has(0x25, before: 3) || (has(0x5C, before: 6) && has(0x75, before: 5))
  }
}
