import ConnectorKit
import Glibc
import Posix
import Wire

/// A file as it was when it was looked at.
struct SourceFile: Hashable, Sendable {
  /// The path as the configuration or a pattern gave it.
  var path: String
  /// The time of its last change: RFC 3339, UTC, nanoseconds; such texts order as times do.
  var modified: String
  var size: Int

  /// Looks at a file; throws unless it is a regular one.
  init(_ path: String, _ place: String) throws(Failure) {
    var status = stat()
    // SAFETY: stat fills the structure, or says that it did not.
    guard unsafe stat(path, &status) == 0 else {
      let error = PosixError("stat", path)
      throw Failure(
        error.code == ENOENT || error.code == ENOTDIR ? .configuration : .io,
        "\(place): the file \(path) cannot be found: \(error.reason)",
        hint: path.hasPrefix("/")
          ? "Check \"path\"." : "\"path\" is relative to the folder where the tap was started."
      )
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR:
      throw Failure(
        .configuration,
        "\(place): \(path) is a folder",
        hint:
          "Write a pattern for its files, such as \"\(path.hasSuffix("/") ? path : path + "/")*.csv\"."
      )
    default:
      throw Failure(
        .configuration,
        "\(place): \(path) is not a regular file",
        hint: "The tap reads a file more than once: save the data to a file first."
      )
    }
    self.path = path
    modified = Self.text(status.st_mtim)
    size = Int(status.st_size)
  }

  private static func text(_ time: timespec) -> String {
    var seconds = time.tv_sec
    var parts = unsafe tm()
    // SAFETY: gmtime_r fills the structure that it is given.
    unsafe _ = gmtime_r(&seconds, &parts)
    func padded(_ value: some BinaryInteger, _ width: Int) -> String {
      let digits = String(value)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    let year = unsafe padded(parts.tm_year + 1900, 4)
    let date = unsafe "\(year)-\(padded(parts.tm_mon + 1, 2))-\(padded(parts.tm_mday, 2))"
    let hour = unsafe padded(parts.tm_hour, 2)
    let minute = unsafe padded(parts.tm_min, 2)
    let second = unsafe padded(parts.tm_sec, 2)
    return "\(date)T\(hour):\(minute):\(second).\(padded(time.tv_nsec, 9))Z"
  }
}
