import JSON

// SAFETY, for the whole file: every read is below `end`, checked just before it.

extension FastCheck {
  /// The position after the value at `p`, which is below `end`, if it is surely fine.
  @inline(__always)
  mutating func value(_ index: Int, _ p: Position, _ end: Position) -> Position? {
    let node = unsafe nodes + index
    if unsafe node.pointee.isSpecial { return unsafe special(index, p, end) }
    return unsafe plain(index, p, end)
  }

  /// A value that is parsed to be judged, or whose place is kept.
  @inline(never)
  private mutating func special(_ index: Int, _ p: Position, _ end: Position) -> Position? {
    let node = unsafe nodes + index
    let isExact = unsafe node.pointee.isExact
    let next = unsafe isExact ? exact(node.pointee.place, p, end) : plain(index, p, end)
    if unsafe node.pointee.capture >= 0, let next = unsafe next {
      unsafe captures[node.pointee.capture] = unsafe Capture(start: p, end: next)
    }
    return unsafe next
  }

  @inline(__always)
  private mutating func plain(_ index: Int, _ p: Position, _ end: Position) -> Position? {
    let node = unsafe nodes + index
    let byte = unsafe p.pointee
    if byte == 0x22 {
      guard unsafe node.pointee.kinds.contains(.string) else { return nil }
      return unsafe text(node, p + 1, end)
    }
    if byte == 0x2D || byte &- 0x30 <= 9 {
      guard unsafe node.pointee.kinds.rawValue & 12 != 0 else { return nil }
      return unsafe Self.number(node, p, end)
    }
    if byte == 0x7B {
      guard unsafe node.pointee.kinds.contains(.object) else { return nil }
      // A node without members of its own takes any.
      let takesAny = unsafe node.pointee.childCount == 0 && node.pointee.allowsUnknown
      return unsafe takesAny ? skip(p, end, 100) : object(index, p, end)
    }
    if byte == 0x5B {
      guard unsafe node.pointee.kinds.contains(.array) else { return nil }
      return unsafe array(node, p, end)
    }
    let kind: ValueKinds = byte == 0x6E ? .null : .boolean
    guard unsafe node.pointee.kinds.contains(kind) else { return nil }
    return unsafe try? JSONScanner.scanLiteral(p, end)
  }

  /// The position after the text from behind its opening quote.
  @inline(__always)
  private mutating func text(
    _ node: UnsafeMutablePointer<FastNode>,
    _ start: Position,
    _ end: Position
  ) -> Position? {
    guard let close = unsafe JSONScanner.plainEnd(start, end) else {
      return unsafe unusualText(node, start, end)
    }
    let count = unsafe close - start
    guard unsafe count <= node.pointee.maxLength && count >= node.pointee.minLength else {
      return nil
    }
    if unsafe node.pointee.textKind == .any { return unsafe close + 1 }
    return unsafe content(node, start, count) ? close + 1 : nil
  }

  /// The same for a text with escapes or beyond ASCII.
  @inline(never)
  private mutating func unusualText(
    _ node: UnsafeMutablePointer<FastNode>,
    _ start: Position,
    _ end: Position
  ) -> Position? {
    guard let scan = unsafe try? JSONScanner.scanString(start, end) else { return nil }
    let count = unsafe scan.end - start
    // A code point takes one to four bytes, or as an escape up to twelve.
    if unsafe count > node.pointee.maxLength || count < node.pointee.minLength &* 12 {
      guard unsafe !scan.hasEscape && Self.hasLength(node, start, count) else { return nil }
    }
    if unsafe node.pointee.textKind == .any { return unsafe scan.end + 1 }
    return unsafe !scan.hasEscape && content(node, start, count) ? scan.end + 1 : nil
  }

  /// Whether what is asked of the text beyond its length is there.
  @inline(never)
  private mutating func content(
    _ node: UnsafeMutablePointer<FastNode>,
    _ start: Position,
    _ count: Int
  ) -> Bool {
    let text = unsafe UnsafeBufferPointer(start: start, count: count)
    switch unsafe node.pointee.textKind {
    case .any: return true
    case .day:
      guard count == 10, let date = unsafe CivilDay(start) else { return false }
      guard unsafe node.pointee.hasDayBounds else { return true }
      let day = date.daysSince1970
      return unsafe day >= node.pointee.lowDay && day <= node.pointee.highDay
    case .moment where unsafe Calendar.isPlainMoment(start, count): return true
    case .moment, .matching: return unsafe matchers[node.pointee.place](text.span)
    case .format: return unsafe node.pointee.format.accepts(text.span)
    case .bytes: return unsafe follows(node, start, start + count)
    case .choice: return unsafe isChoice(node, start, count)
    }
  }

  @inline(never)
  private static func hasLength(
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

  @inline(__always)
  private mutating func isChoice(
    _ node: UnsafeMutablePointer<FastNode>,
    _ start: Position,
    _ count: Int
  ) -> Bool {
    var place = unsafe choicePlaces + node.pointee.place
    let last = unsafe place + node.pointee.placeCount
    while unsafe place < last {
      let text = unsafe choices + place[0]
      if unsafe place[1] &- place[0] == count {
        var index = 0
        while index < count, unsafe text[index] == start[index] { index &+= 1 }
        if index == count { return true }
      }
      unsafe place += 1
    }
    return false
  }

  /// Whether the text runs through the steps of the node's pattern.
  @inline(__always)
  private mutating func follows(
    _ node: UnsafeMutablePointer<FastNode>,
    _ start: Position,
    _ end: Position
  ) -> Bool {
    var p = unsafe start
    var step = unsafe steps + node.pointee.place
    let last = unsafe step + node.pointee.placeCount
    while unsafe step < last {
      let first = unsafe p
      let limit = unsafe end - p > step.pointee.most ? p + step.pointee.most : end
      let taken = unsafe step.pointee
      while unsafe p < limit, unsafe taken.takes(p.pointee) { unsafe p += 1 }
      guard unsafe p - first >= taken.least else { return false }
      unsafe step += 1
    }
    return unsafe p == end
  }

  @inline(never)
  private mutating func array(
    _ node: UnsafeMutablePointer<FastNode>,
    _ start: Position,
    _ end: Position
  ) -> Position? {
    let child = unsafe node.pointee.childCount > 0 ? node.pointee.child : -1
    let (least, most) = unsafe (node.pointee.minItems, node.pointee.maxItems)
    var p = unsafe JSONScanner.skipBlanks(start + 1, end)
    var count = 0
    if unsafe p < end, unsafe p.pointee == 0x5D { return unsafe least <= 0 ? p + 1 : nil }
    while true {
      guard unsafe p < end else { return nil }
      let next = unsafe child >= 0 ? value(child, p, end) : skip(p, end, 100)
      guard let next = unsafe next else { return nil }
      count += 1
      unsafe p = unsafe JSONScanner.skipBlanks(next, end)
      guard unsafe p < end else { return nil }
      if unsafe p.pointee == 0x5D {
        return unsafe count >= least && count <= most ? p + 1 : nil
      }
      guard unsafe p.pointee == 0x2C else { return nil }
      unsafe p = unsafe JSONScanner.skipBlanks(p + 1, end)
    }
  }

  @inline(never)
  func exact(_ place: Int, _ start: Position, _ end: Position) -> Position? {
    if refusesDuplicates, unsafe skip(start, end, 100) == nil { return nil }
    guard let next = unsafe try? JSONScanner.skipValueOnLine(start, end) else { return nil }
    let bytes = unsafe UnsafeRawBufferPointer(start: start, count: next - start)
    guard let value = unsafe try? JSONValue.parse(bytes) else { return nil }
    return unsafe exacts[place](value) ? next : nil
  }

  /// Skips a value that no shape describes; with `refusesDuplicates` nil also for a key that may
  /// stand twice.
  func skip(_ start: Position, _ end: Position, _ depth: Int) -> Position? {
    guard unsafe start < end else { return nil }
    guard refusesDuplicates, unsafe start.pointee == 0x7B || start.pointee == 0x5B else {
      return unsafe try? JSONScanner.skipValueOnLine(start, end)
    }
    guard depth > 0 else { return nil }
    let isObject = unsafe start.pointee == 0x7B
    var p = unsafe JSONScanner.skipBlanks(start + 1, end)
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
        unsafe p = unsafe JSONScanner.skipBlanks(scan.end + 1, end)
        guard unsafe p < end, unsafe p.pointee == 0x3A else { return nil }
        unsafe p = unsafe JSONScanner.skipBlanks(p + 1, end)
      }
      guard let next = unsafe skip(p, end, depth - 1) else { return nil }
      unsafe p = unsafe JSONScanner.skipBlanks(next, end)
      guard unsafe p < end else { return nil }
      if unsafe p.pointee == (isObject ? 0x7D : 0x5D) { return unsafe p + 1 }
      guard unsafe p.pointee == 0x2C else { return nil }
      unsafe p = unsafe JSONScanner.skipBlanks(p + 1, end)
    }
  }
}
