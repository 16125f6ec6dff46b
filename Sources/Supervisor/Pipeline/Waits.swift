package import JSON

/// The seconds that a stage has waited for its input, and for its reader or its disk.
package struct Waits: Sendable, Hashable {
  package var read = 0.0
  package var write = 0.0

  package init(read: Double = 0, write: Double = 0) {
    self.read = read
    self.write = write
  }

  package var json: JSONValue {
    ["read_seconds": RunRecord.decimal(read), "write_seconds": RunRecord.decimal(write)]
  }
}
