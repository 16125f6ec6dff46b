internal import JSON

// SAFETY, for the whole file: positions lie inside one value of valid JSON, whose end is given.

extension Coercions {
  /// What the value becomes, and by which of the coercions; nil if it stays as it is.
  ///
  /// Nothing is guessed and nothing cut: a text that is not exactly a number stays text.
  func apply(
    _ start: JSONScanner.Position,
    _ end: JSONScanner.Position
  ) -> (bytes: [UInt8], kinds: Coercions)? {
    let byte = unsafe start.pointee
    if byte == 0x22 {
      guard let scan = unsafe try? JSONScanner.scanString(start + 1, end),
        unsafe scan.hasEscape || concerns(start + 1, scan.end)
      else { return nil }
      return unsafe text(start + 1, scan)
    }
    guard byte == 0x2D || byte &- 0x30 <= 9, !isDisjoint(with: Self.epoch.union(.boolean)) else {
      return nil
    }
    let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: end - start))
    if contains(.boolean), let truth = Self.truth(bytes), bytes.count == 1 {
      return (Self.bytes(of: truth), .boolean)
    }
    return timestamp(bytes).map { ($0, intersection(Self.epoch)) }
  }

  /// Whether a text without escapes may become something else, judged by its ends.
  private func concerns(_ start: JSONScanner.Position, _ end: JSONScanner.Position) -> Bool {
    guard unsafe end > start else { return contains(.emptyToNull) }
    let (first, last) = unsafe (start.pointee, end[-1])
    if contains(.trim), first <= 0x20 || first >= 0x80 || last <= 0x20 || last >= 0x80 {
      return true
    }
    if contains(.number), first == 0x2D || first &- 0x30 <= 9 { return true }
    return unsafe contains(.boolean) && end - start <= 5
  }

  private func text(
    _ start: JSONScanner.Position,
    _ scan: JSONScanner.StringScan
  ) -> (bytes: [UInt8], kinds: Coercions)? {
    var text = unsafe Masker.name(start, scan)
    var kinds: Coercions = []
    if contains(.trim), let trimmed = Self.trimmed(text) {
      text = trimmed
      kinds.insert(.trim)
    }
    if contains(.emptyToNull), text.isEmpty { return (Masker.null, kinds.union(.emptyToNull)) }
    if contains(.number), Self.isNumber(text), !contains(.whole) || Self.isWhole(text) {
      kinds.insert(.number)
      if isDisjoint(with: Self.epoch) { return (text, kinds) }
      if let time = timestamp(text) { return (time, kinds.union(intersection(Self.epoch))) }
      kinds.remove(.number)
    }
    if contains(.boolean), let truth = Self.truth(text) {
      return (Self.bytes(of: truth), kinds.union(.boolean))
    }
    guard !kinds.isEmpty else { return nil }
    var writer = JSONWriter()
    writer.string(String(decoding: text, as: UTF8.self))
    return (writer.bytes, kinds)
  }

  private func timestamp(_ number: [UInt8]) -> [UInt8]? {
    guard !isDisjoint(with: Self.epoch),
      let text = EpochTime.text(
        String(decoding: number, as: UTF8.self),
        isMilliseconds: contains(.epochMilliseconds)
      )
    else { return nil }
    return Array("\"\(text)\"".utf8)
  }

  /// The text without the white space around it; nil if there is none.
  private static func trimmed(_ text: [UInt8]) -> [UInt8]? {
    func mayBeSpace(_ byte: UInt8?) -> Bool { byte.map { $0 <= 0x20 || $0 >= 0x80 } ?? false }
    guard mayBeSpace(text.first) || mayBeSpace(text.last) else { return nil }
    var scalars = Substring(String(decoding: text, as: UTF8.self)).unicodeScalars
    let count = scalars.count
    while let scalar = scalars.first, scalar.properties.isWhitespace { scalars.removeFirst() }
    while let scalar = scalars.last, scalar.properties.isWhitespace { scalars.removeLast() }
    return scalars.count == count ? nil : Array(Substring(scalars).utf8)
  }

  /// Whether the text is a number as JSON writes it.
  private static func isNumber(_ text: [UInt8]) -> Bool {
    guard let first = text.first, first == 0x2D || first &- 0x30 <= 9 else { return false }
    return unsafe text.withUnsafeBufferPointer { text in
      guard let start = text.baseAddress else { return false }
      let end = unsafe start + text.count
      return unsafe (try? JSONScanner.scanNumber(start, end)) == end
    }
  }

  private static func isWhole(_ number: [UInt8]) -> Bool {
    number.allSatisfy { $0 == 0x2D || $0 &- 0x30 <= 9 }
      || JSONNumber(String(decoding: number, as: UTF8.self))?.isInteger == true
  }

  private static func truth(_ text: [UInt8]) -> Bool? {
    switch text.count {
    case 1: text[0] == 0x31 ? true : text[0] == 0x30 ? false : nil
    case 4: text.elementsEqual("true".utf8) ? true : nil
    case 5: text.elementsEqual("false".utf8) ? false : nil
    default: nil
    }
  }

  private static func bytes(of truth: Bool) -> [UInt8] { Array((truth ? "true" : "false").utf8) }
}
