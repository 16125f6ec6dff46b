import Columns
import JSON

// SAFETY, for the whole file: as in RecordDecoder.swift.

extension RecordDecoder {
  /// Decodes the value of any node, with the repetition level of its first slot.
  mutating func value(
    _ index: Int,
    _ p: Position,
    _ end: Position,
    _ repetition: UInt8,
    _ columns: UnsafeMutablePointer<Column>
  ) throws(JSONFault) -> Position? {
    let node = unsafe nodes[index]
    guard unsafe p < end else { throw JSONFault(.unexpectedEnd, remaining: 0) }
    switch node.kind {
    case .structure where unsafe p.pointee == 0x7B:
      return unsafe try structure(index, p, end, repetition, columns)
    case .list where unsafe p.pointee == 0x5B:
      return unsafe try list(index, p, end, repetition, columns)
    case .map where unsafe p.pointee == 0x7B:
      return unsafe try map(index, p, end, repetition, columns)
    case .structure, .list, .map:
      let next = unsafe try JSONScanner.skipValue(p, end)
      let isNull = unsafe p.pointee == 0x6E
      if isNull, node.isNullable {
        unsafe fillNull(index, node.nullDefinition, repetition, columns)
        return unsafe next
      }
      guard let next = unsafe misfitNested(index, isNull ? .missing : .type, p, next) else {
        return nil
      }
      unsafe fillNull(index, node.nullDefinition, repetition, columns)
      return unsafe next
    default:
      break
    }
    guard node.repetition > 0 else { return unsafe try scalar(index, p, end, columns) }
    unsafe columns[node.leaf].beginSlot(repetition: repetition)
    // A slot that was begun must be ended, so that the row can be counted back.
    do throws(JSONFault) {
      if let next = unsafe try scalar(index, p, end, columns) { return unsafe next }
    } catch {
      unsafe columns[node.leaf].appendNull(definition: 0)
      throw error
    }
    unsafe columns[node.leaf].appendNull(definition: 0)
    return nil
  }

  private mutating func misfitNested(
    _ index: Int,
    _ kind: Misfit.Kind,
    _ start: Position,
    _ next: Position
  ) -> Position? {
    let misfit = unsafe Misfit(
      kind: kind,
      path: plan.path(index),
      fieldIndex: plan.fieldIndex(index),
      value: Array(UnsafeBufferPointer(start: start, count: next - start))
    )
    guard isLenient, unsafe nodes[index].isNullable else {
      failure = .misfit(misfit)
      return nil
    }
    misfits.append(misfit)
    return unsafe next
  }

  private mutating func structure(
    _ parent: Int,
    _ start: Position,
    _ end: Position,
    _ repetition: UInt8,
    _ columns: UnsafeMutablePointer<Column>
  ) throws(JSONFault) -> Position? {
    stamp &+= 1
    let stamp = stamp
    let first = unsafe nodes[parent].child
    var slot = ObjectLayout.start
    var count = 0
    var p = unsafe JSONScanner.skipBlanks(start + 1, end)
    if unsafe p < end, unsafe p.pointee == 0x7D {
      return unsafe fillAbsent(parent, stamp, count, repetition, columns) ? p + 1 : nil
    }
    while true {
      let key = unsafe try layouts[parent].key(at: p, end, after: slot)
      slot = key.slot
      if key.index >= 0 {
        let index = first + key.index
        if unsafe seen[index] == stamp {
          foundDuplicate = true
          return nil
        }
        unsafe seen[index] = stamp
        count += 1
        guard let next = unsafe try value(index, key.value, end, repetition, columns) else {
          return nil
        }
        unsafe p = unsafe next
      } else {
        unsafe p = unsafe try JSONScanner.skipValueOnLine(key.value, end)
      }
      unsafe p = unsafe JSONScanner.skipBlanks(p, end)
      if unsafe p < end, unsafe p.pointee == 0x7D {
        return unsafe fillAbsent(parent, stamp, count, repetition, columns) ? p + 1 : nil
      }
      unsafe p = unsafe JSONScanner.skipBlanks(try JSONScanner.expect(0x2C, p, end), end)
    }
  }

  private mutating func list(
    _ index: Int,
    _ start: Position,
    _ end: Position,
    _ repetition: UInt8,
    _ columns: UnsafeMutablePointer<Column>
  ) throws(JSONFault) -> Position? {
    let node = unsafe nodes[index]
    var p = unsafe JSONScanner.skipBlanks(start + 1, end)
    if unsafe p < end, unsafe p.pointee == 0x5D {
      unsafe fillNull(index, node.definition, repetition, columns)
      return unsafe p + 1
    }
    var level = repetition
    while true {
      guard let next = unsafe try value(node.child, p, end, level, columns) else { return nil }
      level = node.repetition
      unsafe p = unsafe JSONScanner.skipBlanks(next, end)
      if unsafe p < end, unsafe p.pointee == 0x5D { return unsafe p + 1 }
      unsafe p = unsafe JSONScanner.skipBlanks(try JSONScanner.expect(0x2C, p, end), end)
    }
  }

  /// Decodes an object in which a key may stand twice: finds the last value of each, then decodes.
  mutating func structureCarefully(
    _ parent: Int,
    _ start: Position,
    _ end: Position,
    _ repetition: UInt8,
    _ columns: UnsafeMutablePointer<Column>
  ) throws(JSONFault) -> Position? {
    let node = unsafe nodes[parent]
    var places = unsafe [Position?](repeating: nil, count: node.childCount)
    var slot = ObjectLayout.start
    var p = unsafe JSONScanner.skipBlanks(start + 1, end)
    while unsafe p < end, unsafe p.pointee != 0x7D {
      let key = unsafe try layouts[parent].key(at: p, end, after: slot)
      slot = key.slot
      if key.index >= 0 { unsafe places[key.index] = unsafe key.value }
      unsafe p = unsafe JSONScanner.skipBlanks(try JSONScanner.skipValueOnLine(key.value, end), end)
      if unsafe p < end, unsafe p.pointee == 0x7D { break }
      unsafe p = unsafe JSONScanner.skipBlanks(try JSONScanner.expect(0x2C, p, end), end)
    }
    guard unsafe p < end else { throw JSONFault(.unexpectedEnd, remaining: 0) }
    for place in 0..<node.childCount {
      let index = node.child + place
      if let position = unsafe places[place] {
        guard unsafe try valueCarefully(index, position, end, repetition, columns) != nil else {
          return nil
        }
      } else if unsafe !fillAbsentChild(index, repetition, columns) {
        return nil
      }
    }
    return unsafe p + 1
  }

  mutating func valueCarefully(
    _ index: Int,
    _ p: Position,
    _ end: Position,
    _ repetition: UInt8,
    _ columns: UnsafeMutablePointer<Column>
  ) throws(JSONFault) -> Position? {
    let node = unsafe nodes[index]
    if node.kind == .map, unsafe p.pointee == 0x7B {
      return unsafe try mapCarefully(index, p, end, repetition, columns)
    }
    if node.kind == .structure, unsafe p.pointee == 0x7B {
      return unsafe try structureCarefully(index, p, end, repetition, columns)
    }
    guard node.kind == .list, unsafe p.pointee == 0x5B else {
      return unsafe try value(index, p, end, repetition, columns)
    }
    var level = repetition
    var p = unsafe JSONScanner.skipBlanks(p + 1, end)
    if unsafe p < end, unsafe p.pointee == 0x5D {
      unsafe fillNull(index, node.definition, repetition, columns)
      return unsafe p + 1
    }
    while true {
      guard let next = unsafe try valueCarefully(node.child, p, end, level, columns) else {
        return nil
      }
      level = node.repetition
      unsafe p = unsafe JSONScanner.skipBlanks(next, end)
      if unsafe p < end, unsafe p.pointee == 0x5D { return unsafe p + 1 }
      unsafe p = unsafe JSONScanner.skipBlanks(try JSONScanner.expect(0x2C, p, end), end)
    }
  }

  /// Appends one slot without a value to every leaf below a node.
  func fillNull(
    _ index: Int,
    _ definition: UInt8,
    _ repetition: UInt8,
    _ columns: UnsafeMutablePointer<Column>
  ) {
    let node = unsafe nodes[index]
    for leaf in node.leaf..<node.leaf + node.leafCount {
      if unsafe columns[leaf].isRepeated { unsafe columns[leaf].beginSlot(repetition: repetition) }
      unsafe columns[leaf].appendNull(definition: definition)
    }
  }

  /// Fills the members that an object lacks; false if one of them must not be.
  mutating func fillAbsent(
    _ parent: Int,
    _ stamp: Int,
    _ count: Int,
    _ repetition: UInt8,
    _ columns: UnsafeMutablePointer<Column>
  ) -> Bool {
    let node = unsafe nodes[parent]
    guard count < node.childCount else { return true }
    for index in node.child..<node.child + node.childCount where unsafe seen[index] != stamp {
      guard unsafe fillAbsentChild(index, repetition, columns) else { return false }
    }
    return true
  }

  private mutating func fillAbsentChild(
    _ index: Int,
    _ repetition: UInt8,
    _ columns: UnsafeMutablePointer<Column>
  ) -> Bool {
    let node = unsafe nodes[index]
    guard node.isNullable else {
      let path = plan.path(index)
      let field = plan.fieldIndex(index)
      failure = .misfit(Misfit(kind: .missing, path: path, fieldIndex: field, value: []))
      return false
    }
    unsafe fillNull(index, node.nullDefinition, repetition, columns)
    return true
  }
}
