import Columns
import Glibc
import Wire

// SAFETY: one buffer, filled by `read`, lent to the decoder up to the bytes that were read.

/// Decodes Singer lines of TPC-H lineitem from standard input; prints rows, a checksum, CPU time.
let schema = Schema(
  ["orderkey", "partkey", "suppkey", "linenumber"].map { Field("l_\($0)", .integer(.i64)) }
    + ["quantity", "extendedprice", "discount", "tax"].map { Field("l_\($0)", .double) }
    + ["returnflag", "linestatus"].map { Field("l_\($0)", .string) }
    + ["shipdate", "commitdate", "receiptdate"].map { Field("l_\($0)", .date) }
    + ["shipinstruct", "shipmode", "comment"].map { Field("l_\($0)", .string) }
)

let capacity = 1 << 20
let buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
var filled = 0
var lines = LineDecoder(schema)
var batch = Batch(schema, rowCapacity: 131_072)
var rows = 0
var checksum: Int64 = 0

@MainActor func drain(_ batch: inout Batch) {
  rows += batch.rows
  let orders = unsafe batch.columns[0].values(as: Int64.self)
  for index in orders.indices { checksum &+= unsafe orders[index] }
  let prices = unsafe batch.columns[5].values(as: Double.self)
  for index in prices.indices { checksum &+= Int64(unsafe prices[index] * 100) }
  unsafe checksum &+= Int64(batch.columns[15].heapSize)
  batch.truncate(toRows: 0)
}

while true {
  let count = unsafe read(0, buffer + filled, capacity - filled)
  guard count > 0 else { break }
  filled += count
  var whole = filled
  while whole > 0, unsafe buffer[whole - 1] != 0x0A { whole -= 1 }
  let end = unsafe UnsafePointer(buffer) + whole
  var p = unsafe UnsafePointer(buffer)
  while unsafe p < end {
    let run = unsafe lines.decodeRun(p, end, into: &batch, rowLimit: 131_072)
    unsafe p = run.position
    if unsafe run.stop == .full { drain(&batch) }
    guard unsafe run.stop == .otherLine else { continue }
    var next = unsafe p
    while unsafe next.pointee != 0x0A { unsafe next += 1 }
    unsafe next += 1
    if let location = unsafe try RecordLocation(p, next) {
      unsafe lines.learn(location, from: p, to: next)
      let record = unsafe p + location.record.lowerBound
      guard unsafe lines.records.decode(record, next, into: &batch) != nil else {
        fatalError("\(String(describing: lines.records.failure))")
      }
    }
    unsafe p = next
  }
  filled = unsafe UnsafePointer(buffer) + filled - end
  unsafe memmove(buffer, end, filled)
}
drain(&batch)
var usage = rusage()
unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
let seconds = Double(usage.ru_utime.tv_sec) + Double(usage.ru_utime.tv_usec) / 1e6
print("rows \(rows) checksum \(checksum) user-seconds \(seconds)")
