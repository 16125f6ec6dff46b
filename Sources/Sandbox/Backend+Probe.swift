internal import CLinux
internal import Glibc
internal import Posix

extension Machine {
  /// The backend for a choice, tried with `/bin/true`; `none` is not for here.
  ///
  /// One that is named is tried by its use, unless `always`.
  package func backend(_ choice: Choice, always: Bool = false) throws(SandboxError) -> Backend {
    let wanted: [Backend] =
      switch choice {
      case .bubblewrap: [.bubblewrap]
      case .landlock: [.landlock]
      case .auto, .container, .none: [.bubblewrap, .landlock]
      }
    var reasons: [String] = []
    for backend in wanted {
      let isTried = always || wanted.count > 1
      guard let why = isTried ? whyNot(backend) : obstacle(backend) else { return backend }
      if wanted.count == 1 { throw .unsupported(backend, why) }
      reasons.append("\(backend.rawValue): \(why)")
    }
    throw .none(reasons)
  }

  /// Runs a program that does nothing; why that failed, or nil.
  ///
  /// A child tries it, since a confinement takes its process's signals over.
  private func whyNot(_ backend: Backend) -> String? {
    if let obstacle = obstacle(backend) { return obstacle }
    let child = clinux_fork()
    if child == 0 {
      clinux_let_go(0)
      clinux_let_go(1)
      clinux_let_go(2)
      let program = Program("/bin/true", folder: "/")
      guard var trial = try? Confinement(program, Policy(), backend, self, tell: { _ in }) else {
        _exit(1)
      }
      _exit(trial.wait() == 0 ? 0 : 1)
    }
    var status: Int32 = 1
    // SAFETY: the status is written to a variable of this call.
    while child > 0, unsafe waitpid(child, &status, 0) < 0, errno == EINTR {}
    return child > 0 && status == 0 ? nil : "a trial run failed"
  }
}
