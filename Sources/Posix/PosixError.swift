internal import Glibc

/// A system call that failed.
package struct PosixError: Error, Hashable, Sendable {
  /// What was tried, such as `open` or `write`.
  package let operation: String
  /// The file concerned; empty for a descriptor without a name.
  package let path: String
  /// The value of errno.
  package let code: Int32

  package init(_ operation: String, _ path: String = "", code: Int32? = nil) {
    self.operation = operation
    self.path = path
    self.code = code ?? Glibc.errno
  }

  /// The message that the system has for the code.
  package var reason: String {
    // SAFETY: strerror answers with a string that stays until the next call on this thread.
    unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
  }

  /// Whether the reader of a pipe went away.
  package var isBrokenPipe: Bool { code == EPIPE }
}

extension PosixError: CustomStringConvertible {
  package var description: String {
    path.isEmpty ? "\(operation): \(reason)" : "\(operation) \(path): \(reason)"
  }
}
