import JSON
import Posix

/// Reads one JSON document a line and writes it back as our reader and writer have it.
///
/// `ok <document>` with members in the order read, or `no <reason>`: what Python's reader is
/// compared with.
var reader = LineReader(0)
var writer = BlockWriter(1)

while let region = unsafe try reader.next() {
  let lines = unsafe Array(region).split(separator: 0x0A, omittingEmptySubsequences: false)
  for line in lines.dropLast() {
    var answer: [UInt8]
    do throws(JSONError) {
      answer = Array("ok \(try JSONValue.parse(Array(line)).encoded())".utf8)
    } catch {
      answer = Array("no \(error.reason)".utf8)
    }
    answer.append(0x0A)
    try writer.write(answer)
  }
}
try writer.flush()
