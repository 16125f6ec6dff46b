internal import CLinux
internal import Glibc

/// An open file descriptor with one owner; closed when the owner ends.
package struct Descriptor: ~Copyable, Sendable {
  /// The number.
  package let raw: Int32

  /// Takes over a descriptor that is open.
  package init(owning raw: Int32) { self.raw = raw }

  deinit { Glibc.close(raw) }

  /// Opens a file; close-on-exec always.
  package init(
    opening path: String,
    _ flags: Int32 = O_RDONLY,
    mode: UInt32 = 0o644
  ) throws(PosixError) {
    let raw = unsafe path.withCString { unsafe clinux_open($0, flags | O_CLOEXEC, mode) }
    guard raw >= 0 else { throw PosixError("open", path) }
    self.raw = raw
  }

  /// Gives the number away, still open.
  package consuming func release() -> Int32 {
    let raw = raw
    discard self
    return raw
  }

  /// Forces what was written to the disk; a pipe or a device, which has none, is left alone.
  package func sync(_ path: String = "") throws(PosixError) {
    guard fsync(raw) == 0 || errno == EINVAL || errno == EROFS else {
      throw PosixError("fsync", path)
    }
  }

  /// Reads up to `buffer.count` bytes; 0 is the end.
  package func read(into buffer: UnsafeMutableRawBufferPointer) throws(PosixError) -> Int {
    unsafe try Self.read(raw, into: buffer)
  }

  /// Reads from a descriptor that someone else owns.
  package static func read(
    _ raw: Int32,
    into buffer: UnsafeMutableRawBufferPointer
  ) throws(PosixError) -> Int {
    while true {
      let count = unsafe Glibc.read(raw, buffer.baseAddress, buffer.count)
      if count >= 0 { return count }
      if errno != EINTR { throw PosixError("read") }
    }
  }

  /// Writes what fits of `bytes` now, to a descriptor that does not wait; returns how much.
  package func writeSome(_ bytes: UnsafeRawBufferPointer) throws(PosixError) -> Int {
    while true {
      let count = unsafe Glibc.write(raw, bytes.baseAddress, bytes.count)
      if count >= 0 { return count }
      if errno == EAGAIN { return 0 }
      if errno != EINTR { throw PosixError("write") }
    }
  }

  /// Writes all of `bytes` to a descriptor that someone else owns.
  package static func write(_ raw: Int32, _ bytes: UnsafeRawBufferPointer) throws(PosixError) {
    var offset = 0
    while offset < bytes.count {
      // SAFETY: the rest of the buffer, which the caller keeps during the call.
      let count = unsafe Glibc.write(
        raw,
        bytes.baseAddress?.advanced(by: offset),
        bytes.count - offset
      )
      if count >= 0 {
        offset += count
      } else if errno == EAGAIN {
        var poll = pollfd(fd: raw, events: Int16(POLLOUT), revents: 0)
        unsafe _ = Glibc.poll(&poll, 1, -1)
      } else if errno != EINTR {
        throw PosixError("write")
      }
    }
  }
}
