internal import Glibc
internal import Posix

/// A private folder for a moment, below `TMPDIR`.
struct Scratch: Sendable {
  let path: String

  init() {
    let root = Environment.value("TMPDIR").flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
    var template = Array("\(root)/dativo.XXXXXX".utf8CString)
    // SAFETY: the call writes into the template, which is terminated and of this call.
    let made = unsafe mkdtemp(&template) != nil
    let name = String(
      decoding: template.dropLast().map { UInt8(bitPattern: $0) },
      as: UTF8.self
    )
    path = made ? name : "\(root)/dativo.\(getpid())"
  }

  func remove() { Files.remove(path) }
}
