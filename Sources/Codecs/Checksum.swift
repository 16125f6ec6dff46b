import CXXHash
import CZlib

/// Checksums of bytes.
package enum Checksum {
  /// CRC-32 as gzip and Parquet have it; `previous` is that of the bytes before.
  package static func crc32(_ bytes: UnsafeRawBufferPointer, after previous: UInt32 = 0) -> UInt32 {
    // SAFETY: the library is told the length. A null pointer would mean the initial value.
    guard let start = bytes.baseAddress else { return previous }
    let first = unsafe start.assumingMemoryBound(to: UInt8.self)
    return UInt32(truncatingIfNeeded: unsafe crc32_z(UInt(previous), first, bytes.count))
  }

  /// XXH64 with seed 0, as Parquet's bloom filters have it.
  package static func xxh64(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    // SAFETY: the library is told the length, and takes a null pointer for nothing.
    unsafe XXH64(bytes.baseAddress, bytes.count, 0)
  }
}
