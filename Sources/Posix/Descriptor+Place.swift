internal import Glibc

extension Descriptor {
  /// Makes a file to read and write that has no name and is gone with its last descriptor.
  package init(temporaryIn folder: String) throws(PosixError) {
    let path = "\(folder)/.dativo-\(getpid())-\(UInt64.random(in: 0 ... .max)).tmp"
    let file = try Descriptor(opening: path, O_RDWR | O_CREAT | O_EXCL, mode: 0o600)
    // SAFETY: the name is lent for the call.
    guard unsafe unlink(path) == 0 else { throw PosixError("unlink", path) }
    self = file
  }

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
