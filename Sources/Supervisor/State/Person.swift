internal import Glibc
internal import Posix

/// Who works here, for locks and histories.
package enum Person {
  /// `user@host`.
  package static var current: String { "\(user)@\(host)" }

  /// The name of the process's user; the number where it has none.
  package static var user: String {
    // SAFETY: the entry is the C library's, and read at once.
    if let entry = unsafe getpwuid(geteuid()), let name = unsafe entry.pointee.pw_name {
      return unsafe String(cString: name)
    }
    return "uid \(geteuid())"
  }

  /// The name of this host.
  package static var host: String {
    var buffer = [CChar](repeating: 0, count: 256)
    // SAFETY: the call writes at most as many bytes as it is told.
    guard unsafe gethostname(&buffer, buffer.count - 1) == 0 else { return "localhost" }
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
