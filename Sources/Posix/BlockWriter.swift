internal import Glibc

/// Gathers bytes and writes them to a descriptor in large blocks.
///
/// Nothing is written before the buffer is full or `flush` is called; what is left when the
/// writer ends is lost on purpose: a stage that fails must not leave half a line behind.
@safe
package struct BlockWriter: ~Copyable {
  private let descriptor: Int32
  private let buffer: UnsafeMutablePointer<UInt8>
  private let capacity: Int
  private var filled = 0
  /// The bytes written and waiting.
  package private(set) var total = 0
  /// The nanoseconds spent waiting for the reader.
  package private(set) var waited: UInt64 = 0

  /// Writes to `descriptor`, which stays the caller's.
  package init(_ descriptor: Int32, capacity: Int = 1 << 18) {
    self.descriptor = descriptor
    self.capacity = capacity
    unsafe buffer = .allocate(capacity: capacity)
  }

  // SAFETY: the buffer is the writer's own.
  deinit { unsafe buffer.deallocate() }

  /// Appends `bytes`; a block larger than the buffer goes straight to the descriptor.
  package mutating func write(_ bytes: UnsafeRawBufferPointer) throws(PosixError) {
    total += bytes.count
    if bytes.count > capacity - filled { try flush() }
    if bytes.count >= capacity {
      unsafe try send(bytes)
    } else if let base = bytes.baseAddress {
      unsafe (buffer + filled).update(
        from: base.assumingMemoryBound(to: UInt8.self),
        count: bytes.count
      )
      filled += bytes.count
    }
  }

  /// Appends `bytes`.
  package mutating func write(_ bytes: [UInt8]) throws(PosixError) {
    let result: Result<Void, PosixError> = unsafe withUnsafeMutablePointer(to: &self) { writer in
      unsafe bytes.withUnsafeBytes { bytes in
        do throws(PosixError) {
          return .success(unsafe try writer.pointee.write(bytes))
        } catch {
          return .failure(error)
        }
      }
    }
    try result.get()
  }

  /// Writes what waits.
  package mutating func flush() throws(PosixError) {
    guard filled > 0 else { return }
    let count = filled
    filled = 0
    unsafe try send(UnsafeRawBufferPointer(start: buffer, count: count))
  }

  private mutating func send(_ bytes: UnsafeRawBufferPointer) throws(PosixError) {
    let before = Clock.monotonic
    defer { waited += Clock.monotonic - before }
    unsafe try Descriptor.write(descriptor, bytes)
  }
}
