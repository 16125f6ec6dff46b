import JSON

/// What is JSON to our reader comes back equal after it was written, and numbers by their digits.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: data, count: count))
  guard let value = try? JSONValue.parse(bytes) else { return 0 }
  let text = value.encoded()
  guard let again = try? JSONValue.parse(text) else { fatalError("not read back: \(text)") }
  guard again == value, again.encoded() == text else { fatalError("changed: \(text)") }
  return 0
}
