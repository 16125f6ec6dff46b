internal import Glibc

extension Files {
  /// Removes what follows the last line feed of a file, which a writer that was killed left; a file
  /// that is not there, and what is no plain file, are left alone.
  package static func cutUnfinishedLine(_ path: String) throws(PosixError) {
    var status = stat()
    // SAFETY: the status is written to a variable of this call.
    guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size > 0
    else { return }
    let file = try Descriptor(opening: path, O_RDWR)
    var end = Int(status.st_size)
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while end > 0 {
      let count = min(block.count, end)
      // SAFETY: `count` bytes at most are written into the block, which holds as many.
      guard unsafe pread(file.raw, &block, count, end - count) == count else {
        throw PosixError("read", path)
      }
      if let feed = block[..<count].lastIndex(of: 0x0A) {
        end -= count - feed - 1
        break
      }
      end -= count
    }
    guard end < Int(status.st_size) else { return }
    guard ftruncate(file.raw, end) == 0 else { throw PosixError("truncate", path) }
  }

  /// How many bytes a file has; 0 where there is none.
  package static func size(_ path: String) -> Int {
    var status = stat()
    // SAFETY: the status is written to a variable of this call.
    return unsafe stat(path, &status) == 0 ? Int(status.st_size) : 0
  }
}
