internal import CLinux
internal import Glibc
internal import Posix

/// A running process, the leader of a group of its own, that cannot outlive its owner.
///
/// The kernel kills it when the thread that started it ends; when this value ends, it is killed
/// with its whole group and reaped. Start it from a thread that lives as long as the run.
package struct Child: ~Copyable {
  package let pid: Int32
  /// Readable once the process has ended.
  private let watch: Descriptor
  /// How it ended; nil while it has not been reaped.
  package private(set) var exit: Exit?

  /// Starts `command`; `descriptors[i]` becomes number i of the child, which gets no others.
  package init(_ command: Command, descriptors: [Int32]) throws(SpawnError) {
    var step = "fork"
    let pid = Self.start(command, descriptors, &step)
    guard pid > 0 else {
      throw SpawnError(executable: command.executable, cause: PosixError(step, command.executable))
    }
    let raw = clinux_pidfd_open(pid, 0)
    guard raw >= 0 else {
      let cause = PosixError("pidfd_open")
      kill(-pid, SIGKILL)
      _ = Self.wait(pid, 0)
      throw SpawnError(executable: command.executable, cause: cause)
    }
    self.pid = pid
    watch = Descriptor(owning: raw)
  }

  deinit {
    guard exit == nil else { return }
    kill(-pid, SIGKILL)
    _ = Self.wait(pid, 0)
  }

  /// What to poll for the end.
  package var raw: Int32 { watch.raw }

  /// Signals every process of the group; nothing where none is left.
  package func signal(_ number: Int32) { kill(-pid, number) }

  /// Whether processes of the group are left, which is possible after the leader has been reaped.
  package var hasGroup: Bool {
    // Those that became ours when the leader ended stay in the group until they are reaped.
    while waitpid(-pid, nil, WNOHANG) > 0 {}
    return kill(-pid, 0) == 0
  }

  /// How the process ended, without waiting; nil while it runs.
  package mutating func reap() -> Exit? {
    if exit == nil { exit = Self.wait(pid, WNOHANG) }
    return exit
  }

  /// Waits for the end.
  package mutating func wait() -> Exit {
    while true {
      if exit == nil { exit = Self.wait(pid, 0) }
      if let exit { return exit }
    }
  }

  private static func wait(_ pid: Int32, _ options: Int32) -> Exit? {
    var status: Int32 = 0
    while true {
      // SAFETY: the status is written to a variable of this call.
      let result = unsafe waitpid(pid, &status, options)
      if result == 0 { return nil }
      // Nobody else waits for our children: an error other than EINTR cannot be.
      if result < 0, errno == EINTR { continue }
      if result < 0 { return .signal(SIGKILL) }
      let number = status & 0x7F
      return number == 0 ? .code((status >> 8) & 0xFF) : .signal(number)
    }
  }

  private static func start(
    _ command: Command,
    _ descriptors: [Int32],
    _ step: inout String
  ) -> Int32 {
    let environment = command.environment.map { "\($0.key)=\($0.value)" }.sorted()
    // SAFETY: every pointer in `what` outlives the call, which copies nothing but starts a process
    // that has copies of all of it.
    return unsafe CStrings.lend([command.executable] + command.arguments) { arguments in
      unsafe CStrings.lend(environment) { environment in
        unsafe command.executable.withCString { path in
          unsafe CStrings.lend(command.folder) { folder in
            unsafe descriptors.withUnsafeBufferPointer { sources in
              var what = unsafe clinux_command(
                path: path,
                arguments: arguments,
                environment: environment,
                folder: folder,
                sources: sources.baseAddress,
                count: Int32(sources.count)
              )
              var name: UnsafePointer<CChar>?
              let pid = unsafe clinux_spawn(&what, &name)
              let code = errno
              if let name = unsafe name { step = unsafe String(cString: name) }
              errno = code
              return pid
            }
          }
        }
      }
    }
  }
}
