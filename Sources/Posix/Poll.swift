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
