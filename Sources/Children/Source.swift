package import Posix

/// The reading end of a pipe from a child, read without waiting.
package struct Source: ~Copyable {
  private let descriptor: Descriptor
  /// False once the other end is closed.
  package private(set) var isOpen = true
  private static let block = 1 << 16

  package init(_ descriptor: consuming Descriptor) {
    self.descriptor = descriptor
    self.descriptor.setNonBlocking()
  }

  package var raw: Int32 { descriptor.raw }

  /// Gives what there is, at most `blocks` blocks, so that one flood does not hold up the others.
  package mutating func read(blocks: Int = 4, _ body: (ArraySlice<UInt8>) -> Void) {
    var buffer = [UInt8](repeating: 0, count: Self.block)
    for _ in 0..<blocks where isOpen {
      let raw = descriptor.raw
      // SAFETY: the buffer is lent for the call.
      let count: Int? = unsafe buffer.withUnsafeMutableBytes { room in
        unsafe try? Descriptor.read(raw, into: room)
      }
      // Nil is "nothing now", or a pipe that is of no use any more: both end this turn.
      guard let count else { return }
      guard count > 0 else {
        isOpen = false
        return
      }
      body(buffer[..<count])
      if count < Self.block { return }
    }
  }
}
