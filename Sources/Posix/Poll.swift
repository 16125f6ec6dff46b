internal import Glibc

/// Waits until one of several descriptors has something to read.
package enum Poll {
  /// The descriptors of `wanted` that can be read or have ended, after at most `milliseconds`.
  package static func readable(
    _ wanted: [Int32],
    milliseconds: Int32
  ) throws(PosixError) -> [Int32] {
    var entries = wanted.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    // SAFETY: the array outlives the call, which is told its length.
    let count = unsafe poll(&entries, nfds_t(entries.count), milliseconds)
    if count < 0 {
      if errno == EINTR { return [] }
      throw PosixError("poll")
    }
    return entries.filter { $0.revents != 0 }.map(\.fd)
  }
}

extension Poll {
  /// Whether `reading` has something to read or has ended, and whether `writing` takes something or
  /// has lost its reader, after at most `milliseconds`; a descriptor of nil is not looked at.
  package static func duplex(
    reading: Int32?,
    writing: Int32?,
    milliseconds: Int32
  ) throws(PosixError) -> (readable: Bool, writable: Bool) {
    var entries = [
      pollfd(fd: reading ?? -1, events: Int16(POLLIN), revents: 0),
      pollfd(fd: writing ?? -1, events: Int16(POLLOUT), revents: 0),
    ]
    // SAFETY: the array outlives the call, which is told its length.
    let count = unsafe poll(&entries, nfds_t(entries.count), milliseconds)
    if count < 0 {
      if errno == EINTR { return (false, false) }
      throw PosixError("poll")
    }
    return (entries[0].revents != 0, entries[1].revents != 0)
  }
}
