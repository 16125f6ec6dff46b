internal import Glibc

/// Searches in raw bytes.
package enum Bytes {
  /// The first `byte` in `start..<end`; nil if there is none.
  package static func find(
    _ byte: UInt8,
    _ start: UnsafePointer<UInt8>,
    _ end: UnsafePointer<UInt8>
  ) -> UnsafePointer<UInt8>? {
    // SAFETY: the caller's range.
    guard let found = unsafe memchr(start, Int32(byte), end - start) else { return nil }
    return unsafe UnsafePointer(found.assumingMemoryBound(to: UInt8.self))
  }

  /// Whether the `count` bytes at `left` and at `right` are the same.
  package static func equal(
    _ left: UnsafePointer<UInt8>,
    _ right: UnsafePointer<UInt8>,
    _ count: Int
  ) -> Bool {
    // SAFETY: the caller's ranges.
    unsafe memcmp(left, right, count) == 0
  }
}
