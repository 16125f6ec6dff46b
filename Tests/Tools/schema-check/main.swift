import JSON
import JSONSchema
import Posix

/// Judges documents by a schema: a line `{"schema": …, "data": […]}` in, a line out.
///
/// `formats` says whether formats are asserted, `draft` is the address of the draft for schemas that
/// name none. A line `{"documents": {address: schema}}`, which has no answer, gives what references
/// may lead to from there on. For each document one letter: `v` valid, `i` invalid by the exact
/// check, in upper case where the fast check is sure of it. After a blank, the keywords that were
/// skipped.
var reader = LineReader(0)
var writer = BlockWriter(1)

// SAFETY: the bytes are an array's, lent for the call.
func isSurelyFine(_ node: SchemaNode, _ value: JSONValue) -> Bool {
  var shape = FastShape(.object)
  shape.properties = [("v", node.shape(), true)]
  var fast = FastCheck(shape, refusesDuplicates: false)
  let record = Array("\(JSONValue.object(["v": value]).encoded())\n".utf8)
  return unsafe record.withUnsafeBufferPointer { bytes in
    guard let start = bytes.baseAddress else { return false }
    return unsafe fast.record(start, start + bytes.count) == start + bytes.count - 1
  }
}

var documents: [String: JSONValue] = [:]

func answer(_ input: JSONValue, _ documents: [String: JSONValue]) throws -> String {
  var options = JSONSchema.Options()
  options.documents = documents
  options.draft = input["draft"]?.string.flatMap(Draft.init)
  options.checksFormats = input["formats"]?.bool ?? false
  let schema: JSONSchema
  do throws(JSONSchema.Problem) {
    schema = try JSONSchema(input["schema"] ?? true, options)
  } catch {
    return "! \(error.place): \(error.reason)"
  }
  let letters = (input["data"]?.array ?? []).map { value in
    let isValid = schema.findings(in: value).isEmpty
    return isSurelyFine(schema.root, value)
      ? (isValid ? "V" : "I") : (isValid ? "v" : "i")
  }
  return "\(letters.joined()) \(Set(schema.skipped.map(\.keyword)).sorted().joined(separator: ","))"
}

while let region = unsafe try reader.next() {
  let lines = unsafe Array(region).split(separator: 0x0A, omittingEmptySubsequences: false)
  for line in lines.dropLast() {
    let input = try JSONValue.parse(Array(line))
    if let given = input["documents"]?.object {
      for (address, schema) in given.members { documents[address] = schema }
    } else {
      try writer.write(Array("\(try answer(input, documents))\n".utf8))
    }
  }
}
try writer.flush()
