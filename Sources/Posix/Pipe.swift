internal import CLinux
internal import Glibc

/// Both ends of a pipe, closed on exec.
package struct Pipe: ~Copyable {
  package let reading: Descriptor
  package let writing: Descriptor

  /// Creates a pipe whose buffer is of `size` bytes, where the kernel grants that.
  package init(size: Int? = nil) throws(PosixError) {
    var ends: [Int32] = [-1, -1]
    // SAFETY: two numbers are written, for which the array has room.
    guard unsafe clinux_pipe(&ends) == 0 else { throw PosixError("pipe") }
    reading = Descriptor(owning: ends[0])
    writing = Descriptor(owning: ends[1])
    if let size { _ = clinux_set_pipe_size(ends[0], Int32(size)) }
  }

  /// The reading end; the other closes.
  package consuming func keepReading() -> Descriptor { reading }

  /// The writing end; the other closes.
  package consuming func keepWriting() -> Descriptor { writing }
}

extension Descriptor {
  /// Makes reads and writes return at once with what there is.
  package func setNonBlocking() { _ = clinux_fcntl(raw, F_SETFL, Int(O_NONBLOCK)) }

  /// The bytes that wait in a pipe; nil for what is no pipe.
  package var waitingBytes: Int? { Self.waitingBytes(raw) }

  /// The same, of one that is another's.
  package static func waitingBytes(_ raw: Int32) -> Int? {
    let count = clinux_waiting_bytes(raw)
    return count < 0 ? nil : Int(count)
  }

  /// The bytes that a pipe holds when it is full; nil for what is no pipe.
  package var pipeSize: Int? {
    let size = clinux_get_pipe_size(raw)
    return size < 0 ? nil : Int(size)
  }
}
