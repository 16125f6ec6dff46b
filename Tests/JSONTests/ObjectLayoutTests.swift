import JSON
import Testing

@Suite struct ObjectLayoutTests {
  /// Walks a flat object of `text` and returns the index of each key.
  static func indices(_ text: String, _ layout: inout ObjectLayout) throws(JSONFault) -> [Int] {
    let bytes = Array(text.utf8)
    var indices: [Int] = []
    let buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: bytes.count)
    defer { unsafe buffer.deallocate() }
    unsafe buffer.initialize(from: bytes, count: bytes.count)
    let end = unsafe UnsafePointer(buffer) + bytes.count
    var p = unsafe UnsafePointer(buffer) + 1
    var slot = ObjectLayout.start
    while unsafe p < end, unsafe p.pointee != 0x7D {
      let key = unsafe try layout.key(at: p, end, after: slot)
      indices.append(key.index)
      slot = key.slot
      unsafe p = unsafe try JSONScanner.skipValue(key.value, end)
      if unsafe p.pointee == 0x2C { unsafe p = unsafe JSONScanner.skipWhitespace(p + 1, end) }
    }
    return indices
  }

  @Test func tellsKeysApartInAnyOrderAndSpacing() throws {
    var layout = ObjectLayout(["id", "a rather long name of a column", "x"])
    let full = "{\"id\": 1, \"a rather long name of a column\": 2, \"x\": 3}      "
    for _ in 0..<3 { #expect(try Self.indices(full, &layout) == [0, 1, 2]) }
    #expect(try Self.indices("{\"x\": 3, \"id\": 1}", &layout) == [2, 0])
    #expect(try Self.indices("{\"x\":3,\"id\":1}", &layout) == [2, 0])
    #expect(try Self.indices("{\"id\": 1, \"x\" : 3}", &layout) == [0, 2])
    #expect(try Self.indices(full, &layout) == [0, 1, 2])
    #expect(try Self.indices("{\"i\\u0064\": 1}", &layout) == [0])
    #expect(
      try Self.indices("{\"id\": 1, \"a rather long name of a colum\": 2}", &layout) == [0, -1]
    )
    #expect(try Self.indices("{}", &layout).isEmpty)
  }

  @Test func countsUnknownKeys() throws {
    var layout = ObjectLayout(["id"])
    for _ in 0..<4 {
      _ = try Self.indices("{\"id\": 1, \"u\": 2, \"v\": 3}         ", &layout)
    }
    _ = try Self.indices("{\"u\": 2}", &layout)
    #expect(layout.unknownKeys.map(\.name) == ["u", "v"])
    #expect(layout.unknownKeys.map(\.count) == [5, 4])
  }
}
