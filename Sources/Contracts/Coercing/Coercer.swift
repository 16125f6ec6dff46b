package import JSON

// SAFETY, for the whole file: positions lie inside one value of JSON, below its end.

/// Finds the values of a record that its contract wants in another notation, and what they become.
@safe
package struct Coercer: ~Copyable {
  package typealias Position = JSONScanner.Position

  /// A value that leaves as other bytes.
  @safe
  package struct Edit {
    package let start: Position
    package let end: Position
    package let bytes: [UInt8]
    let number: Int
    let kinds: Coercions
  }

  private let root: CoercionNode
  private var layout: ObjectLayout
  /// Of each member of the record: what coerces it, and whether its inner values are looked at too.
  private let members: [(coercions: Coercions, number: Int, isDeep: Bool)]
  /// The edits of the last record, in order.
  package private(set) var edits: [Edit] = []
  /// How often each kind was applied, by node.
  private var counts: [[UInt8: Int]]

  package init(_ root: CoercionNode) {
    self.root = root
    layout = ObjectLayout(root.children.map(\.field))
    members = root.children.map { node in
      let isDeep = node.isActive && !(node.children.isEmpty && node.items.isEmpty)
      return (node.coercions, node.number, isDeep)
    }
    counts = Array(repeating: [:], count: root.all.count)
  }

  /// Looks through the record at `start`; returns the position after it.
  package mutating func record(_ start: Position, _ end: Position) throws(JSONFault) -> Position {
    edits.removeAll(keepingCapacity: true)
    var p = unsafe JSONScanner.skipWhitespace(try JSONScanner.expect(0x7B, start, end), end)
    if unsafe p < end, unsafe p.pointee == 0x7D { return unsafe p + 1 }
    var previous = ObjectLayout.start
    while true {
      let key = unsafe try layout.key(at: p, end, after: previous)
      previous = key.slot
      if key.index >= 0, members[key.index].isDeep {
        unsafe p = unsafe try value(key.value, end, root.children[key.index])
      } else {
        unsafe p = unsafe try JSONScanner.skipValue(key.value, end)
        if key.index >= 0 {
          unsafe coerce(key.value, p, members[key.index].coercions, members[key.index].number)
        }
      }
      unsafe p = unsafe JSONScanner.skipWhitespace(p, end)
      guard unsafe p < end, unsafe p.pointee != 0x7D else {
        return unsafe try JSONScanner.expect(0x7D, p, end)
      }
      unsafe p = unsafe JSONScanner.skipWhitespace(try JSONScanner.expect(0x2C, p, end), end)
    }
  }

  /// Counts the edits of the last record.
  package mutating func count() {
    for edit in edits {
      for (_, kind) in Coercions.names where edit.kinds.contains(kind) {
        counts[edit.number][kind.rawValue, default: 0] += 1
      }
    }
  }

  /// How often values were coerced: by pointer, the names of coercions with their counts.
  package var report: [(pointer: String, counts: [(name: String, count: Int)])] {
    root.all.compactMap { node in
      let found = counts[node.number]
      guard !found.isEmpty else { return nil }
      let named = Coercions.names.compactMap { name, kind in
        found[kind.rawValue].map { (name: name, count: $0) }
      }
      return (node.pointer, named)
    }
  }

  private mutating func value(
    _ start: Position,
    _ end: Position,
    _ node: CoercionNode
  ) throws(JSONFault) -> Position {
    guard unsafe start < end, node.isActive else {
      return unsafe try JSONScanner.skipValue(start, end)
    }
    switch unsafe start.pointee {
    case 0x7B where node.isMap || !node.children.isEmpty:
      return unsafe try members(start, end, node)
    case 0x5B where !node.isMap && !node.items.isEmpty:
      return unsafe try elements(start, end, node)
    default:
      let next = unsafe try JSONScanner.skipValue(start, end)
      unsafe coerce(start, next, node.coercions, node.number)
      return unsafe next
    }
  }

  private mutating func coerce(
    _ start: Position,
    _ end: Position,
    _ coercions: Coercions,
    _ number: Int
  ) {
    guard !coercions.isEmpty, let (bytes, kinds) = unsafe coercions.apply(start, end) else {
      return
    }
    unsafe edits.append(Edit(start: start, end: end, bytes: bytes, number: number, kinds: kinds))
  }

  private mutating func members(
    _ start: Position,
    _ end: Position,
    _ node: CoercionNode
  ) throws(JSONFault) -> Position {
    var p = unsafe JSONScanner.skipWhitespace(start + 1, end)
    if unsafe p < end, unsafe p.pointee == 0x7D { return unsafe p + 1 }
    while true {
      let name = unsafe try JSONScanner.expect(0x22, p, end)
      let scan = unsafe try JSONScanner.scanString(name, end)
      unsafe p = unsafe JSONScanner.skipWhitespace(scan.end + 1, end)
      unsafe p = unsafe JSONScanner.skipWhitespace(try JSONScanner.expect(0x3A, p, end), end)
      let child = node.isMap ? node.items.first : unsafe node.child(Masker.name(name, scan))
      if let child {
        unsafe p = unsafe try value(p, end, child)
      } else {
        unsafe p = unsafe try JSONScanner.skipValue(p, end)
      }
      unsafe p = unsafe JSONScanner.skipWhitespace(p, end)
      guard unsafe p < end, unsafe p.pointee != 0x7D else {
        return unsafe try JSONScanner.expect(0x7D, p, end)
      }
      unsafe p = unsafe JSONScanner.skipWhitespace(try JSONScanner.expect(0x2C, p, end), end)
    }
  }

  private mutating func elements(
    _ start: Position,
    _ end: Position,
    _ node: CoercionNode
  ) throws(JSONFault) -> Position {
    var p = unsafe JSONScanner.skipWhitespace(start + 1, end)
    if unsafe p < end, unsafe p.pointee == 0x5D { return unsafe p + 1 }
    while true {
      unsafe p = unsafe try value(p, end, node.items[0])
      unsafe p = unsafe JSONScanner.skipWhitespace(p, end)
      guard unsafe p < end, unsafe p.pointee != 0x5D else {
        return unsafe try JSONScanner.expect(0x5D, p, end)
      }
      unsafe p = unsafe JSONScanner.skipWhitespace(try JSONScanner.expect(0x2C, p, end), end)
    }
  }
}
