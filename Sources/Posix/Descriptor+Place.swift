internal import Glibc

extension Descriptor {
  /// The bytes of a regular file; nil for a folder, a pipe or a device.
  package var fileSize: Int? {
    var status = stat()
    // SAFETY: fstat fills the structure, which outlives the call.
    guard unsafe fstat(raw, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return Int(status.st_size)
  }

  /// Reads `buffer.count` bytes from `offset` on, fewer at the end of the file only.
  package func read(
    at offset: Int,
    into buffer: UnsafeMutableRawBufferPointer
  ) throws(PosixError) -> Int {
    var done = 0
    while done < buffer.count {
      // SAFETY: the rest of the buffer, which the caller keeps during the call.
      let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
      let count = unsafe pread(raw, rest.baseAddress, rest.count, offset + done)
      if count == 0 { break }
      if count > 0 {
        done += count
      } else if errno != EINTR {
        throw PosixError("read")
      }
    }
    return done
  }
}
