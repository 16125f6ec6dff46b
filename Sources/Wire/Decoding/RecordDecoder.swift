package import Columns
import JSON

// SAFETY, for the whole file: `nodes`, `seen`, `layouts`, `powers` and `tens` are the decoder's own
// and live as long as it does; columns are indexed by the plan of the same schema.

/// Appends records to the columns of a batch: bytes in, typed values out, no tree in between.
///
/// Keys are predicted in the order of the record before; another order, missing and unknown keys
/// cost a lookup. Of equal keys the last wins. A record that fails leaves no trace in the batch.
@safe
package struct RecordDecoder: ~Copyable {
  package typealias Position = UnsafePointer<UInt8>

  /// The schema that the records are decoded by.
  package let schema: Schema
  /// Why the last record that did not become a row did not.
  package internal(set) var failure: RecordFailure?
  /// Whether a misfit becomes null, its value kept in `misfits`, instead of a failure.
  package var isLenient = false
  /// The misfits of the last record, when lenient.
  package internal(set) var misfits: [Misfit] = []
  /// How many values of another type were written as their JSON text into a string column.
  package internal(set) var coerced = 0
  /// How many timestamps and times lost digits beyond their column's unit.
  package internal(set) var cut = 0

  let plan: Plan
  let nodes: UnsafeMutablePointer<PlanNode>
  let seen: UnsafeMutablePointer<Int>
  let layouts: UnsafeMutablePointer<ObjectLayout>
  let powers: UnsafeMutablePointer<Double>
  let tens: UnsafeMutablePointer<UInt64>
  var stamp = 0
  var foundDuplicate = false

  /// Compiles a decoder for `schema`.
  package init(_ schema: Schema) {
    self.schema = schema
    plan = Plan(schema)
    let count = plan.nodes.count
    unsafe nodes = .allocate(capacity: count)
    unsafe seen = .allocate(capacity: count)
    unsafe layouts = .allocate(capacity: count)
    unsafe powers = .allocate(capacity: 23)
    unsafe tens = .allocate(capacity: 20)
    for (index, node) in plan.nodes.enumerated() {
      unsafe (nodes + index).initialize(to: node)
      unsafe (seen + index).initialize(to: 0)
      let names =
        node.kind == .structure
        ? Array(plan.names[node.child..<node.child + node.childCount]) : []
      unsafe (layouts + index).initialize(to: ObjectLayout(names))
    }
    for (index, power) in ScalarText.powers.enumerated() {
      unsafe (powers + index).initialize(to: power)
    }
    var ten: UInt64 = 1
    for index in 0..<20 {
      unsafe (tens + index).initialize(to: ten)
      ten = ten &* 10
    }
  }

  deinit {
    unsafe layouts.deinitialize(count: plan.nodes.count)
    unsafe layouts.deallocate()
    unsafe nodes.deallocate()
    unsafe seen.deallocate()
    unsafe powers.deallocate()
    unsafe tens.deallocate()
  }

  /// Appends the object at `start` as one row and returns the position after it.
  ///
  /// Returns nil, with the reason in `failure`, if it does not become a row; the batch is then as
  /// it was before.
  package mutating func decode(
    _ start: Position,
    _ end: Position,
    into batch: inout Batch
  ) -> Position? {
    batch.beginRow()
    do throws(JSONFault) {
      if let p = unsafe try root(start, end, batch.columns) {
        batch.endRow()
        return unsafe p
      }
      return unsafe try decodeAgain(start, end, &batch)
    } catch {
      batch.truncate(toRows: batch.rows)
      failure = .invalid(error)
      return nil
    }
  }

  /// After a record without success: takes its row back, and repeats it looking for keys that
  /// stand twice, since a value that does not fit may not be the last of its key.
  @inline(never)
  private mutating func decodeAgain(
    _ start: Position,
    _ end: Position,
    _ batch: inout Batch
  ) throws(JSONFault) -> Position? {
    batch.truncate(toRows: batch.rows)
    foundDuplicate = false
    misfits.removeAll()
    batch.beginRow()
    if let p = unsafe try structureCarefully(0, start, end, 0, batch.columns) {
      batch.endRow()
      return unsafe p
    }
    batch.truncate(toRows: batch.rows)
    return nil
  }

  /// The record itself: its scalar members are parsed in this loop, without a call for each.
  private mutating func root(
    _ start: Position,
    _ end: Position,
    _ columns: UnsafeMutablePointer<Column>
  ) throws(JSONFault) -> Position? {
    stamp &+= 1
    if isLenient { misfits.removeAll(keepingCapacity: true) }
    let stamp = stamp
    var p = unsafe try JSONScanner.expect(0x7B, start, end)
    var slot = ObjectLayout.start
    var count = 0
    unsafe p = unsafe JSONScanner.skipBlanks(p, end)
    if unsafe p < end, unsafe p.pointee == 0x7D {
      return unsafe fillAbsent(0, stamp, count, 0, columns) ? p + 1 : nil
    }
    while true {
      let key = unsafe try layouts.pointee.key(at: p, end, after: slot)
      slot = key.slot
      if key.index >= 0 {
        let index = key.index &+ 1
        if unsafe seen[index] == stamp {
          foundDuplicate = true
          return nil
        }
        unsafe seen[index] = stamp
        count &+= 1
        let node = unsafe nodes + index
        let next =
          unsafe node.pointee.kind.rawValue < ParserKind.structure.rawValue
          ? try scalar(index, key.value, end, columns)
          : try value(index, key.value, end, 0, columns)
        guard let next = unsafe next else { return nil }
        unsafe p = unsafe next
      } else {
        unsafe p = unsafe try JSONScanner.skipValueOnLine(key.value, end)
      }
      guard unsafe p < end else { throw JSONFault(.unexpectedEnd, remaining: 0) }
      if unsafe p.pointee != 0x2C, unsafe p.pointee != 0x7D {
        unsafe p = unsafe JSONScanner.skipBlanks(p, end)
      }
      guard unsafe p < end else { throw JSONFault(.unexpectedEnd, remaining: 0) }
      if unsafe p.pointee == 0x7D {
        if unsafe count == nodes.pointee.childCount { return unsafe p + 1 }
        return unsafe fillAbsent(0, stamp, count, 0, columns) ? p + 1 : nil
      }
      unsafe p = unsafe JSONScanner.skipBlanks(try JSONScanner.expect(0x2C, p, end), end)
    }
  }

  /// The keys that were read and have no column, and how often each was, at the top level.
  package var unknownKeys: [(name: String, count: Int)] { unsafe layouts.pointee.unknownKeys }

  /// The keys that were read and have no column in the objects within a record, by their paths.
  package var unknownPaths: [(name: String, count: Int)] {
    plan.nodes.indices.dropFirst().flatMap { index -> [(name: String, count: Int)] in
      guard plan.nodes[index].kind == .structure else { return [] }
      let path = plan.path(index).joined(separator: "/")
      return unsafe layouts[index].unknownKeys.map { ("\(path)/\($0.name)", $0.count) }
    }
  }

  /// How many different keys were read at the top level, with a column or without.
  package var keyCount: Int { unsafe layouts.pointee.keyCount }

  /// Notes that the value does not fit; lenient, it becomes null and decoding goes on after it.
  @inline(never)
  mutating func misfit(
    _ index: Int,
    _ kind: Misfit.Kind,
    _ start: Position,
    _ next: Position,
    _ columns: UnsafeMutablePointer<Column>
  ) -> Position? {
    let misfit = unsafe Misfit(
      kind: kind,
      path: plan.path(index),
      fieldIndex: plan.fieldIndex(index),
      value: Array(UnsafeBufferPointer(start: start, count: next - start))
    )
    let node = unsafe nodes[index]
    guard isLenient, node.isNullable, node.leafCount == 1 else {
      failure = .misfit(misfit)
      return nil
    }
    misfits.append(misfit)
    unsafe columns[node.leaf].appendNull(definition: node.nullDefinition)
    return unsafe next
  }
}
