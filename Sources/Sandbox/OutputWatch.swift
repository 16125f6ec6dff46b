internal import Glibc
internal import Posix

/// Tells when a plugin goes on though it has closed its output and all of that has been read.
///
/// The launcher and bubblewrap's own processes hold the same pipe open, so that no reader sees its end
/// before the plugin's; who else has it is looked up among the plugin's descriptors.
struct OutputWatch {
  private let seconds: Double
  private let pipe: stat
  private var idleSince: UInt64?
  private var nextLook: UInt64 = 0

  /// Lets a plugin go on for some seconds; nil where standard output is no pipe.
  init?(seconds: Double?) {
    var status = stat()
    guard let seconds, unsafe fstat(1, &status) == 0, status.st_mode & S_IFMT == S_IFIFO else {
      return nil
    }
    self.seconds = seconds
    pipe = status
  }

  /// Whether a look is due: once a second.
  func isDue(_ now: UInt64) -> Bool { now >= nextLook }

  /// Looks whether it has gone on for too long; `processes` are the plugin's, none where it has not
  /// begun.
  mutating func look(_ processes: [Int32], at now: UInt64) -> Bool {
    nextLook = now + 1_000_000_000
    guard !processes.isEmpty, !processes.contains(where: hasOutput),
      Descriptor.waitingBytes(1) == 0
    else {
      idleSince = nil
      return false
    }
    let since = idleSince ?? now
    idleSince = since
    return Double(now - since) / 1e9 >= seconds
  }

  /// Whether a process has it open; so has one that does not let itself be looked at.
  private func hasOutput(_ process: Int32) -> Bool {
    let folder = "/proc/\(process)/fd"
    let names: [String]
    do throws(PosixError) {
      names = try Files.names(in: folder)
    } catch {
      return error.code != ENOENT && error.code != ESRCH
    }
    return names.contains { name in
      var status = stat()
      return unsafe stat("\(folder)/\(name)", &status) == 0 && status.st_ino == pipe.st_ino
        && status.st_dev == pipe.st_dev
    }
  }
}
