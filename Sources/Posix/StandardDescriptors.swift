internal import CLinux
internal import Glibc

/// Descriptors 0, 1 and 2, which a caller may have closed.
package enum StandardDescriptors {
  /// Occupies those that are closed, so that no file opened later gets their numbers and, with
  /// them, what is meant for a reader; reading or writing them fails as it did.
  package static func occupy() {
    for raw: Int32 in 0...2 where clinux_fcntl(raw, F_GETFD, 0) < 0 {
      // SAFETY: the path is a literal. The lowest free number is this one.
      _ = unsafe "/dev/null".withCString {
        unsafe clinux_open($0, raw == 0 ? O_WRONLY : O_RDONLY, 0)
      }
    }
  }
}
