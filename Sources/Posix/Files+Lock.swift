internal import Glibc

extension Files {
  /// Takes a lock that one process at a time holds; nil if another has it.
  ///
  /// The number stays open, and with it the lock, until `unlock` or the end of the process.
  package static func lock(_ path: String) throws(PosixError) -> Int32? {
    let file = try Descriptor(opening: path, O_RDWR | O_CREAT)
    guard flock(file.raw, LOCK_EX | LOCK_NB) == 0 else {
      if errno == EWOULDBLOCK { return nil }
      throw PosixError("flock", path)
    }
    return file.release()
  }

  /// Takes a lock as `lock` does, and waits for it.
  package static func waitForLock(_ path: String) throws(PosixError) -> Int32 {
    let file = try Descriptor(opening: path, O_RDWR | O_CREAT)
    while flock(file.raw, LOCK_EX) != 0 {
      if errno != EINTR { throw PosixError("flock", path) }
    }
    return file.release()
  }

  /// Gives back what `lock` or `waitForLock` returned, at once: a child that is being started at
  /// this moment has a copy of the descriptor, which would keep the lock.
  package static func unlock(_ raw: Int32) {
    flock(raw, LOCK_UN)
    close(raw)
  }

  /// Puts `bytes` in the place of what an open file holds.
  package static func overwrite(_ raw: Int32, _ bytes: [UInt8]) {
    // SAFETY: the bytes are lent for the call; a short write leaves what no reader can parse.
    unsafe _ = bytes.withUnsafeBytes { unsafe pwrite(raw, $0.baseAddress, $0.count, 0) }
    _ = ftruncate(raw, off_t(bytes.count))
  }

  /// Seconds since a file was written or touched last; nil where there is none.
  package static func age(_ path: String) -> Double? {
    var status = stat()
    // SAFETY: the status is written to a variable of this call.
    guard unsafe stat(path, &status) == 0 else { return nil }
    let time = Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) / 1e9
    return Double(Clock.wall) / 1e9 - time
  }
}
