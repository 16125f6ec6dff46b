import JSON

// SAFETY, for the whole file: every read is below `end`, checked just before it.

extension FastCheck {
  /// The position after the value at `p`, if it is surely fine.
  @inline(__always)
  mutating func value(_ index: Int, _ p: Position, _ end: Position) -> Position? {
    guard unsafe p < end else { return nil }
    let node = unsafe nodes + index
    let byte = unsafe p.pointee
    let next: Position?
    if unsafe node.pointee.isExact {
      unsafe next = unsafe exact(node.pointee.place, p, end)
    } else if byte == 0x22 {
      guard unsafe node.pointee.kinds.contains(.string) else { return nil }
      unsafe next = unsafe text(node, p + 1, end)
    } else if byte == 0x2D || byte &- 0x30 <= 9 {
      guard unsafe node.pointee.kinds.rawValue & 12 != 0 else { return nil }
      unsafe next = unsafe number(node, p, end)
    } else {
      unsafe next = unsafe other(index, p, end)
    }
    if unsafe node.pointee.capture >= 0, let next = unsafe next {
      unsafe captures[node.pointee.capture] = unsafe Capture(start: p, end: next)
    }
    return unsafe next
  }

  @inline(__always)
  private func text(
    _ node: UnsafeMutablePointer<FastNode>,
    _ start: Position,
    _ end: Position
  ) -> Position? {
    guard let scan = unsafe try? JSONScanner.scanString(start, end) else { return nil }
    if unsafe node.pointee.anyText { return unsafe scan.end + 1 }
    let count = unsafe scan.end - start
    // A code point takes one to four bytes, or as an escape up to twelve.
    if unsafe count > node.pointee.maxLength || count < node.pointee.minLength &* 12 {
      guard unsafe !scan.hasEscape && hasLength(node, start, count) else { return nil }
    }
    switch unsafe node.pointee.textKind {
    case .any: return unsafe scan.end + 1
    case _ where scan.hasEscape: return nil
    case .day:
      let text = unsafe UnsafeBufferPointer(start: start, count: count)
      guard count == 10, let date = unsafe Calendar.date(text.span, 0) else { return nil }
      if unsafe node.pointee.hasDayBounds {
        let day = Calendar.days(date.year, date.month, date.day)
        guard unsafe day >= node.pointee.lowDay, unsafe day <= node.pointee.highDay else {
          return nil
        }
      }
      return unsafe scan.end + 1
    case .matching:
      let text = unsafe UnsafeBufferPointer(start: start, count: count)
      return unsafe matchers[node.pointee.place](text.span) ? scan.end + 1 : nil
    case .choice:
      return unsafe isChoice(node, start, count) ? scan.end + 1 : nil
    }
  }

  @inline(never)
  private func hasLength(
    _ node: UnsafeMutablePointer<FastNode>,
    _ start: Position,
    _ count: Int
  ) -> Bool {
    // Bytes 10xxxxxx go on with a code point; the others begin one. Eight at once.
    var length = count
    var index = 0
    while index &+ 8 <= count {
      let word = unsafe JSONScanner.load8(start + index)
      length &-= ((word >> 7) & ~(word >> 6) & 0x0101_0101_0101_0101).nonzeroBitCount
      index &+= 8
    }
    while index < count {
      if unsafe start[index] & 0xC0 == 0x80 { length &-= 1 }
      index &+= 1
    }
    return unsafe length >= node.pointee.minLength && length <= node.pointee.maxLength
  }

  private func isChoice(
    _ node: UnsafeMutablePointer<FastNode>,
    _ start: Position,
    _ count: Int
  ) -> Bool {
    let first = unsafe node.pointee.place
    for index in unsafe first..<first + node.pointee.choiceCount where choices[index].count == count
    {
      let text = unsafe UnsafeBufferPointer(start: start, count: count)
      if unsafe choices[index].elementsEqual(text) { return true }
    }
    return false
  }

  @inline(__always)
  private func number(
    _ node: UnsafeMutablePointer<FastNode>,
    _ start: Position,
    _ end: Position
  ) -> Position? {
    var p = unsafe start
    var mantissa: UInt64 = 0
    let isNegative = unsafe p.pointee == 0x2D
    if isNegative { unsafe p += 1 }
    let first = unsafe p
    while unsafe p < end, unsafe p.pointee &- 0x30 <= 9 {
      mantissa = unsafe mantissa &* 10 &+ UInt64(p.pointee &- 0x30)
      unsafe p += 1
    }
    var digits = unsafe p - first
    guard digits > 0, unsafe digits == 1 || first.pointee != 0x30 else { return nil }
    var fraction = 0
    if unsafe p < end, unsafe p.pointee == 0x2E {
      unsafe p += 1
      let point = unsafe p
      while unsafe p < end, unsafe p.pointee &- 0x30 <= 9 {
        mantissa = unsafe mantissa &* 10 &+ UInt64(p.pointee &- 0x30)
        unsafe p += 1
      }
      fraction = unsafe p - point
      guard fraction > 0 else { return nil }
      digits &+= fraction
    }
    guard unsafe p < end else { return nil }
    if unsafe p.pointee | 0x20 == 0x65 {
      guard unsafe !node.pointee.number.isChecked && !node.pointee.number.isInteger else {
        return nil
      }
      return unsafe try? JSONScanner.scanNumber(start, end)
    }
    if unsafe node.pointee.number.isInteger, fraction > 0 { return nil }
    if unsafe !node.pointee.number.isChecked { return unsafe p }
    guard digits <= 18 else { return nil }
    let magnitude = Int64(bitPattern: mantissa)
    return unsafe node.pointee.number.accepts(isNegative ? -magnitude : magnitude, digits, fraction)
      ? p : nil
  }

  /// Objects, arrays, literals.
  @inline(never)
  private mutating func other(_ index: Int, _ p: Position, _ end: Position) -> Position? {
    let node = unsafe nodes[index]
    switch unsafe p.pointee {
    case 0x6E: return unsafe node.kinds.contains(.null) ? try? JSONScanner.scanLiteral(p, end) : nil
    case 0x74, 0x66:
      return unsafe node.kinds.contains(.boolean) ? try? JSONScanner.scanLiteral(p, end) : nil
    case 0x7B:
      guard node.kinds.contains(.object) else { return nil }
      // A node without members of its own takes any.
      if node.childCount == 0, node.allowsUnknown { return unsafe skip(p, end, 100) }
      return unsafe object(index, p, end)
    case 0x5B:
      guard node.kinds.contains(.array) else { return nil }
      return unsafe array(node, p, end)
    default: return nil
    }
  }

  private mutating func array(_ node: FastNode, _ start: Position, _ end: Position) -> Position? {
    var p = unsafe JSONScanner.skipWhitespace(start + 1, end)
    var count = 0
    if unsafe p < end, unsafe p.pointee == 0x5D { return unsafe node.minItems <= 0 ? p + 1 : nil }
    while true {
      let next = unsafe node.childCount > 0 ? value(node.child, p, end) : skip(p, end, 100)
      guard let next = unsafe next else { return nil }
      count += 1
      unsafe p = unsafe JSONScanner.skipWhitespace(next, end)
      guard unsafe p < end else { return nil }
      if unsafe p.pointee == 0x5D {
        return unsafe count >= node.minItems && count <= node.maxItems ? p + 1 : nil
      }
      guard unsafe p.pointee == 0x2C else { return nil }
      unsafe p = unsafe JSONScanner.skipWhitespace(p + 1, end)
    }
  }

  @inline(never)
  func exact(_ place: Int, _ start: Position, _ end: Position) -> Position? {
    if refusesDuplicates, unsafe skip(start, end, 100) == nil { return nil }
    guard let next = unsafe try? JSONScanner.skipValue(start, end) else { return nil }
    let bytes = unsafe UnsafeRawBufferPointer(start: start, count: next - start)
    guard let value = unsafe try? JSONValue.parse(bytes) else { return nil }
    return unsafe exacts[place](value) ? next : nil
  }

  /// Skips a value that no shape describes; with `refusesDuplicates` nil also for a key that may
  /// stand twice.
  func skip(_ start: Position, _ end: Position, _ depth: Int) -> Position? {
    guard unsafe start < end else { return nil }
    guard refusesDuplicates, unsafe start.pointee == 0x7B || start.pointee == 0x5B else {
      return unsafe try? JSONScanner.skipValue(start, end)
    }
    guard depth > 0 else { return nil }
    let isObject = unsafe start.pointee == 0x7B
    var p = unsafe JSONScanner.skipWhitespace(start + 1, end)
    if unsafe p < end, unsafe p.pointee == (isObject ? 0x7D : 0x5D) { return unsafe p + 1 }
    var keys: [UInt64] = []
    while true {
      if isObject {
        guard unsafe p < end, unsafe p.pointee == 0x22,
          let scan = unsafe try? JSONScanner.scanString(p + 1, end), !scan.hasEscape
        else { return nil }
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for index in unsafe 1..<scan.end - p {
          hash = unsafe (hash ^ UInt64(p[index])) &* 0x100_0000_01B3
        }
        // Two keys with one hash are as good as equal: the exact check decides.
        guard keys.count < 64, !keys.contains(hash) else { return nil }
        keys.append(hash)
        unsafe p = unsafe JSONScanner.skipWhitespace(scan.end + 1, end)
        guard unsafe p < end, unsafe p.pointee == 0x3A else { return nil }
        unsafe p = unsafe JSONScanner.skipWhitespace(p + 1, end)
      }
      guard let next = unsafe skip(p, end, depth - 1) else { return nil }
      unsafe p = unsafe JSONScanner.skipWhitespace(next, end)
      guard unsafe p < end else { return nil }
      if unsafe p.pointee == (isObject ? 0x7D : 0x5D) { return unsafe p + 1 }
      guard unsafe p.pointee == 0x2C else { return nil }
      unsafe p = unsafe JSONScanner.skipWhitespace(p + 1, end)
    }
  }
}

extension FastNumber {
  /// Whether value × 10^-fraction, of so many digits, is surely within bounds and on the step.
  @inline(__always)
  func accepts(_ value: Int64, _ digits: Int, _ fraction: Int) -> Bool {
    if self.digits >= 0, fraction > self.digits { return false }
    let shift = scale &- fraction
    if shift >= 0, digits &+ shift <= 18 {
      let scaled = shift == 0 ? value : value &* Self.tens[shift]
      guard scaled >= low, scaled <= high else { return false }
      return step == 0 || (step > 0 && scaled % step == 0)
    }
    guard step == 0 else { return false }
    let rounded = Double(value) / Self.powers[fraction]
    return rounded > lowDouble && rounded < highDouble
  }

  private static let tens: InlineArray<10, Int64> = [
    1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000,
  ]

  private static let powers: InlineArray<19, Double> = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
    1e18,
  ]
}
