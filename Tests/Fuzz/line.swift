import Columns
import JSON
import Wire

/// Lines of a stream decode alike whether a run of them is predicted or each is read by itself,
/// and never beyond their end.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  // A copy of exactly this size: a read past its end is what the sanitizer would see.
  let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: max(count, 1))
  defer { bytes.deallocate() }
  bytes.initialize(from: data, count: count)
  let start = UnsafePointer(bytes)
  let end = start + count
  let whole = decode(start, end, learning: true)
  let single = decode(start, end, learning: false)
  guard whole == single else { fatalError("\(whole) rows in runs, \(single) one by one") }
  return 0
}

private let schema = Schema([
  Field("id", .integer(.i64)), Field("n", .double), Field("s", .string), Field("d", .date),
  Field("t", .timestamp(.micros, utc: true)), Field("x", .decimal(precision: 20, scale: 2)),
  Field("j", .json), Field("o", .structure([Field("a", .boolean), Field("b", .string)])),
  Field("l", .list(Field("element", .structure([Field("c", .integer(.i64))])))),
])

/// How many rows the lines give before the first that is none.
private func decode(
  _ start: UnsafePointer<UInt8>,
  _ end: UnsafePointer<UInt8>,
  learning: Bool
) -> Int {
  var lines = LineDecoder(schema)
  var batch = Batch(schema)
  var p = start
  while p < end {
    if learning {
      let run = lines.decodeRun(p, end, into: &batch)
      p = run.position
      if run.stop == .end { continue }
    }
    var next = p
    while next < end, next.pointee != 0x0A { next += 1 }
    if next < end { next += 1 }
    guard let line = try? RecordLocation(p, next) else { return batch.rows }
    let record = p + line.record.lowerBound
    guard lines.records.decode(record, next, into: &batch) != nil else { return batch.rows }
    if learning { lines.learn(line, from: p, to: next) }
    p = next
  }
  return batch.rows
}
