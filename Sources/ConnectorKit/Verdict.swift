internal import Posix

/// The supervisor's proof that everything upstream ended well.
package enum Verdict {
  /// Whether the tail may be committed: without a supervisor a clean end of input is the proof.
  ///
  /// Under one, a byte on `DATIVO_VERDICT_FD` is; the end of that pipe without a byte is not.
  package static func isProven() -> Bool {
    guard let text = Environment.value("DATIVO_VERDICT_FD") else { return true }
    guard let descriptor = Int32(text), descriptor > 2 else { return false }
    var byte: UInt8 = 0
    let count = unsafe withUnsafeMutableBytes(of: &byte) { room in
      unsafe try? Descriptor.read(descriptor, into: room)
    }
    return count == 1
  }
}
