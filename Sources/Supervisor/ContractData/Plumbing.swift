internal import Glibc
internal import Posix
internal import Wire

/// The descriptors between us and a program that we run.
enum Plumbing {
  static func pipe() throws(Failure) -> Pipe {
    do throws(PosixError) {
      return try Pipe(size: 1 << 20)
    } catch {
      throw Failure(.io, "no pipe can be made: \(error)")
    }
  }

  /// An input that has nothing, or an output that keeps nothing.
  static func nothing(_ flags: Int32 = O_RDONLY) throws(Failure) -> Descriptor {
    try open("/dev/null", flags)
  }

  /// A file, made anew, that only its owner reads.
  static func file(_ path: String) throws(Failure) -> Descriptor {
    try open(path, O_WRONLY | O_CREAT | O_TRUNC)
  }

  private static func open(_ path: String, _ flags: Int32) throws(Failure) -> Descriptor {
    do throws(PosixError) {
      return try Descriptor(opening: path, flags, mode: 0o600)
    } catch {
      throw Failure(.io, "\(path) cannot be opened: \(error.reason)")
    }
  }
}
