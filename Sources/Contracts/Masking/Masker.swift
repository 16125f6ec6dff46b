package import JSON

// SAFETY, for the whole file: positions lie inside one value of valid JSON, whose end is given.

/// Writes values with what must not leave of them masked; all other bytes stay as they came.
///
/// Whatever does not have the shape that its contract gives it, and may therefore hold what a
/// policy masks, becomes null: nothing fails open.
package struct Masker: Sendable {
  package typealias Position = JSONScanner.Position

  let key: MaskKey?
  /// How often each node's action was applied, by its number.
  package private(set) var applied: [Int]
  /// How often a value of a node became null because it could not be masked otherwise.
  package internal(set) var closed: [Int]
  /// The pointers of what is masked, while they are asked for.
  private var pointers: [String]?

  /// A masker for the tree of `root`; without a key hashes become null.
  package init(_ root: MaskNode, key: MaskKey?) {
    self.key = key
    let count = root.all.count
    applied = Array(repeating: 0, count: count)
    closed = Array(repeating: 0, count: count)
  }

  /// Appends the record from `start` to `end` to `output`, masked by `root`.
  package mutating func record(
    _ start: Position,
    _ end: Position,
    _ root: MaskNode,
    to output: inout [UInt8]
  ) throws(JSONFault) {
    unsafe try value(start, end, root, "", &output)
  }

  /// As `record`; also returns the pointers of all that was masked.
  package mutating func explained(
    _ start: Position,
    _ end: Position,
    _ root: MaskNode,
    to output: inout [UInt8]
  ) throws(JSONFault) -> [String] {
    pointers = []
    defer { pointers = nil }
    unsafe try value(start, end, root, "", &output)
    return pointers ?? []
  }

  /// Appends the value of `node` from `start` to `end`, masked; one to be dropped is the caller's.
  package mutating func value(
    _ start: Position,
    _ end: Position,
    _ node: MaskNode,
    _ pointer: String = "",
    _ output: inout [UInt8]
  ) throws(JSONFault) {
    if let action = node.action {
      pointers?.append(pointer)
      return unsafe scalar(start, end, action, node.number, &output)
    }
    guard node.hasMask else { return unsafe Self.copy(start, end, &output) }
    switch unsafe start.pointee {
    case 0x7B where node.isMap || node.items.isEmpty:
      unsafe try members(start, end, node, pointer, &output)
    case 0x5B where !node.isMap && node.children.isEmpty:
      unsafe try elements(start, end, node, pointer, &output)
    case 0x6E: unsafe Self.copy(start, end, &output)
    default:
      // Not the container whose members are masked: whatever it is, it may hold them.
      note(node, pointer)
      closed[node.number] += 1
      output += Self.null
    }
  }

  /// Appends what `action` makes of a value, counted for the node of that number.
  package mutating func scalar(
    _ start: Position,
    _ end: Position,
    _ action: MaskAction,
    _ number: Int,
    _ output: inout [UInt8]
  ) {
    applied[number] += 1
    if unsafe !apply(action, start, end, &output) { closed[number] += 1 }
  }

  private mutating func note(_ node: MaskNode, _ pointer: String) {
    applied[node.number] += 1
    pointers?.append(pointer)
  }

  /// Counts a value that was left out.
  package mutating func noteDropped(_ number: Int) { applied[number] += 1 }

  private mutating func members(
    _ start: Position,
    _ end: Position,
    _ node: MaskNode,
    _ pointer: String,
    _ output: inout [UInt8]
  ) throws(JSONFault) {
    output.append(0x7B)
    var gap = unsafe start + 1
    var p = unsafe JSONScanner.skipWhitespace(gap, end)
    var isFirst = true
    while unsafe p < end, unsafe p.pointee != 0x7D {
      let keyStart = unsafe p
      let scan = unsafe try JSONScanner.scanString(try JSONScanner.expect(0x22, p, end), end)
      unsafe p = unsafe JSONScanner.skipWhitespace(scan.end + 1, end)
      unsafe p = unsafe JSONScanner.skipWhitespace(try JSONScanner.expect(0x3A, p, end), end)
      let next = unsafe try JSONScanner.skipValue(p, end)
      let name = unsafe Self.name(keyStart + 1, scan)
      let child = node.isMap ? node.items.first : node.child(name)
      var step = pointer
      if pointers != nil {
        let shown = node.keyAction == nil ? String(decoding: name, as: UTF8.self) : "*"
        step = pointer + Self.step(shown)
      }
      if node.keyAction == .drop {
        note(node, step)
      } else if child?.action == .drop, let child {
        note(child, step)
      } else {
        unsafe Self.copy(gap, isFirst ? JSONScanner.skipWhitespace(gap, end) : keyStart, &output)
        isFirst = false
        if node.keyAction != nil {
          note(node, step)
          output.append(0x22)
          unsafe name.withUnsafeBytes { unsafe key?.append($0, to: &output) }
          output += [0x22, 0x3A]
        } else {
          unsafe Self.copy(keyStart, p, &output)
        }
        if let child {
          unsafe try value(p, next, child, step, &output)
        } else {
          unsafe Self.copy(p, next, &output)
        }
      }
      unsafe gap = unsafe next
      unsafe p = unsafe JSONScanner.skipWhitespace(next, end)
      guard unsafe p < end, unsafe p.pointee == 0x2C else { break }
      unsafe p = unsafe JSONScanner.skipWhitespace(p + 1, end)
    }
    unsafe Self.copy(gap, JSONScanner.skipWhitespace(gap, end), &output)
    _ = unsafe try JSONScanner.expect(0x7D, p, end)
    output.append(0x7D)
  }

  private mutating func elements(
    _ start: Position,
    _ end: Position,
    _ node: MaskNode,
    _ pointer: String,
    _ output: inout [UInt8]
  ) throws(JSONFault) {
    guard let item = node.items.first else { return unsafe Self.copy(start, end, &output) }
    output.append(0x5B)
    var gap = unsafe start + 1
    var p = unsafe JSONScanner.skipWhitespace(gap, end)
    var isFirst = true
    var index = 0
    while unsafe p < end, unsafe p.pointee != 0x5D {
      let next = unsafe try JSONScanner.skipValue(p, end)
      let step = pointers == nil ? pointer : "\(pointer)/\(index)"
      if item.action == .drop {
        note(item, step)
      } else {
        unsafe Self.copy(gap, isFirst ? JSONScanner.skipWhitespace(gap, end) : p, &output)
        isFirst = false
        unsafe try value(p, next, item, step, &output)
      }
      index += 1
      unsafe gap = unsafe next
      unsafe p = unsafe JSONScanner.skipWhitespace(next, end)
      guard unsafe p < end, unsafe p.pointee == 0x2C else { break }
      unsafe p = unsafe JSONScanner.skipWhitespace(p + 1, end)
    }
    unsafe Self.copy(gap, JSONScanner.skipWhitespace(gap, end), &output)
    _ = unsafe try JSONScanner.expect(0x5D, p, end)
    output.append(0x5D)
  }

  static let null: [UInt8] = [0x6E, 0x75, 0x6C, 0x6C]

  static func copy(_ start: Position, _ end: Position, _ output: inout [UInt8]) {
    guard unsafe end > start else { return }
    unsafe output.append(contentsOf: UnsafeBufferPointer(start: start, count: end - start))
  }

  /// The bytes of a text, unescaped.
  static func name(_ start: Position, _ scan: JSONScanner.StringScan) -> [UInt8] {
    scan.hasEscape
      ? Array(unsafe JSONScanner.text(start, scan).utf8)
      : unsafe Array(UnsafeBufferPointer(start: start, count: scan.end - start))
  }
}
