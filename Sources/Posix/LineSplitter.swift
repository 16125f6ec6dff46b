/// Cuts a stream of bytes into lines; what a line has beyond the limit is dropped.
package struct LineSplitter: Sendable {
  private var rest: [UInt8] = []
  private var isFull = false
  private let limit: Int

  /// Lines may be `limit` bytes long.
  package init(limit: Int) { self.limit = limit }

  /// Calls `body` for each line that these bytes complete, without its line feed.
  package mutating func take(_ bytes: ArraySlice<UInt8>, _ body: (ArraySlice<UInt8>) -> Void) {
    var bytes = bytes
    while let feed = bytes.firstIndex(of: 0x0A) {
      let line = bytes[..<feed]
      if rest.isEmpty, !isFull {
        body(line.prefix(limit))
      } else {
        keep(line)
        body(rest[...])
        rest.removeAll(keepingCapacity: rest.capacity <= 1 << 16)
        isFull = false
      }
      bytes = bytes[(feed + 1)...]
    }
    keep(bytes)
  }

  /// Calls `body` for a last line that lacks its line feed.
  package mutating func end(_ body: (ArraySlice<UInt8>) -> Void) {
    if !rest.isEmpty { body(rest[...]) }
    rest = []
    isFull = false
  }

  private mutating func keep(_ bytes: ArraySlice<UInt8>) {
    let room = limit - rest.count
    if bytes.count > room { isFull = true }
    rest += bytes.prefix(max(room, 0))
  }
}
