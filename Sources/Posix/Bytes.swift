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
}
