package import JSON

// SAFETY, for the whole file: nodes, layouts, marks and texts are this value's own, allocated in
// `init` by the number of nodes; indices come from the same flattening. Positions are below `end`.

/// Says of a record, from its bytes alone, that it is surely fine; or that it must be looked at.
///
/// No tree, no allocation, no text per value. Keys are predicted as the record before had them.
/// A key that stands twice, an unusual notation, an escape where a pattern must match: all that is
/// "not sure", and the exact check decides.
@safe
package struct FastCheck: ~Copyable {
  package typealias Position = JSONScanner.Position

  /// Where a captured value stands.
  @safe
  package struct Capture {
    package let start: Position
    package let end: Position
  }

  /// How many members of the last record are listed as unknown, up to where it stopped.
  package internal(set) var unknownVisited = 0

  let nodeCount: Int
  let nodes: UnsafeMutablePointer<FastNode>
  let layouts: UnsafeMutablePointer<ObjectLayout>
  let marks: UnsafeMutablePointer<UnsafeMutablePointer<Int>>
  let markCounts: UnsafeMutablePointer<Int>
  let captures: UnsafeMutablePointer<Capture?>
  let captureCount: Int
  let matchers: [(Span<UInt8>) -> Bool]
  let exacts: [(JSONValue) -> Bool]
  /// The texts of lists one behind the other, and where each begins; the last says where all end.
  let choices: UnsafeMutablePointer<UInt8>
  let choicePlaces: UnsafeMutablePointer<Int>
  let steps: UnsafeMutablePointer<BytePattern.Step>
  let paths: [String]
  let refusesDuplicates: Bool
  var stamp = 0

  /// Flattens `shape`, an object's; `refusesDuplicates` also looks into values without a shape.
  package init(_ shape: FastShape, captures captureCount: Int = 0, refusesDuplicates: Bool) {
    var flat = Flattening()
    flat.add(shape)
    nodeCount = flat.nodes.count
    matchers = flat.matchers
    exacts = flat.exacts
    paths = flat.paths
    self.captureCount = captureCount
    self.refusesDuplicates = refusesDuplicates
    unsafe nodes = .allocate(capacity: nodeCount)
    unsafe layouts = .allocate(capacity: nodeCount)
    unsafe marks = .allocate(capacity: nodeCount)
    unsafe markCounts = .allocate(capacity: nodeCount)
    unsafe choices = Self.copy(flat.choices.flatMap(\.self))
    unsafe choicePlaces = Self.copy(
      flat.choices.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
    )
    unsafe steps = Self.copy(flat.steps)
    unsafe captures = .allocate(capacity: max(captureCount, 1))
    unsafe captures.initialize(repeating: nil, count: max(captureCount, 1))
    for index in 0..<nodeCount {
      unsafe (nodes + index).initialize(to: flat.nodes[index])
      unsafe (layouts + index).initialize(to: ObjectLayout(flat.names[index]))
      let room = max(64, flat.names[index].count * 2 + 8)
      unsafe (marks + index).initialize(to: .allocate(capacity: room))
      unsafe marks[index].initialize(repeating: 0, count: room)
      unsafe (markCounts + index).initialize(to: room)
    }
  }

  deinit {
    for index in 0..<nodeCount { unsafe marks[index].deallocate() }
    unsafe layouts.deinitialize(count: nodeCount)
    unsafe layouts.deallocate()
    unsafe nodes.deallocate()
    unsafe marks.deallocate()
    unsafe markCounts.deallocate()
    unsafe captures.deallocate()
    unsafe choices.deallocate()
    unsafe choicePlaces.deallocate()
    unsafe steps.deallocate()
  }

  /// Memory of this value's own, without a reference that a look would count.
  private static func copy<Element: BitwiseCopyable>(
    _ elements: [Element]
  ) -> UnsafeMutablePointer<Element> {
    let memory = UnsafeMutablePointer<Element>.allocate(capacity: max(elements.count, 1))
    for (index, element) in elements.enumerated() {
      unsafe (memory + index).initialize(to: element)
    }
    return unsafe memory
  }

  /// The position after the record at `start`, if it is surely fine; nil if that is not sure.
  package mutating func record(_ start: Position, _ end: Position) -> Position? {
    unknownVisited = 0
    if captureCount > 0 {
      for index in 0..<captureCount { unsafe captures[index] = nil }
    }
    guard unsafe start < end, unsafe start.pointee == 0x7B else { return nil }
    if unsafe nodes.pointee.isExact { return unsafe exact(nodes.pointee.place, start, end) }
    return unsafe object(0, start, end)
  }

  /// Where the value with that capture number stood in the last record; nil if it was absent.
  package func capture(_ index: Int) -> Capture? { unsafe captures[index] }

  /// The members of records that are not among the properties, and how often each was; those of
  /// objects within as `address.street`, `lines.*.price`.
  package var unknownKeys: [(name: String, count: Int)] {
    var keys: [(name: String, count: Int)] = []
    for index in 0..<nodeCount where unsafe nodes[index].listsUnknown {
      let place = index == 0 ? "" : paths[index] + "."
      for key in unsafe layouts[index].unknownKeys { keys.append((place + key.name, key.count)) }
    }
    return keys
  }

  /// The position after the object at `start`, if it is surely fine.
  @inline(__always)
  mutating func object(_ index: Int, _ start: Position, _ end: Position) -> Position? {
    let node = unsafe nodes + index
    stamp &+= 1
    let stamp = stamp
    var seen = unsafe marks[index]
    var room = unsafe markCounts[index]
    var p = unsafe JSONScanner.skipBlanks(start + 1, end)
    guard unsafe p < end else { return nil }
    if unsafe p.pointee == 0x7D { return unsafe node.pointee.requiredCount == 0 ? p + 1 : nil }
    var previous = ObjectLayout.start
    var highest = 0
    var required = 0
    while true {
      guard let key = unsafe try? layouts[index].key(at: p, end, after: previous) else {
        return nil
      }
      let slot = key.slot
      if slot >= room {
        growMarks(index, slot)
        unsafe seen = unsafe marks[index]
        room = unsafe markCounts[index]
      }
      // A slot above all others was not met before; a key without a slot, which is 0, might have been.
      if slot > highest {
        highest = slot
      } else if unsafe slot == 0 || seen[slot] == stamp {
        return nil
      }
      unsafe seen[slot] = stamp
      previous = slot
      let next: Position?
      if key.index >= 0 {
        let child = unsafe node.pointee.child &+ key.index
        if unsafe nodes[child].isRequired { required &+= 1 }
        unsafe next = unsafe value(child, key.value, end)
      } else {
        if unsafe node.pointee.listsUnknown { unknownVisited &+= 1 }
        guard unsafe node.pointee.allowsUnknown else { return nil }
        unsafe next = unsafe skip(key.value, end, 100)
      }
      guard var q = unsafe next, unsafe q < end else { return nil }
      if unsafe q.pointee <= 0x20 {
        unsafe q = unsafe JSONScanner.skipBlanks(q, end)
        guard unsafe q < end else { return nil }
      }
      if unsafe q.pointee == 0x7D {
        return unsafe required == node.pointee.requiredCount ? q + 1 : nil
      }
      guard unsafe q.pointee == 0x2C else { return nil }
      unsafe p = unsafe q + 1
      if unsafe p < end, unsafe p.pointee <= 0x20 {
        unsafe p = unsafe JSONScanner.skipBlanks(p, end)
      }
    }
  }

  @inline(never)
  private func growMarks(_ index: Int, _ slot: Int) {
    let old = unsafe markCounts[index]
    let grown = UnsafeMutablePointer<Int>.allocate(capacity: max(slot + 1, old * 2))
    unsafe grown.initialize(repeating: 0, count: max(slot + 1, old * 2))
    unsafe grown.update(from: marks[index], count: old)
    unsafe marks[index].deallocate()
    unsafe marks[index] = grown
    unsafe markCounts[index] = max(slot + 1, old * 2)
  }
}
