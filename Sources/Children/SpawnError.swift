package import Posix

/// Why a program could not be started.
package struct SpawnError: Error, Hashable, Sendable {
  package let executable: String
  /// The system call that failed, with its reason.
  package let cause: PosixError

  package init(executable: String, cause: PosixError) {
    self.executable = executable
    self.cause = cause
  }
}
