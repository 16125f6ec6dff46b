internal import Sandbox
internal import Wire

/// By what plugins are confined here, and what that cannot stop.
enum SandboxCheck {
  static func check(project: String) -> DoctorCheck {
    do throws(Failure) {
      let backend = try Trial.ask(try Enclosing.launcher(project)).get()
      let enforcement = Enforcement(backend, Enclosing.machine, Policy())
      guard !enforcement.missing.isEmpty else {
        return DoctorCheck(.ok, "sandbox", enforcement.text)
      }
      return DoctorCheck(
        .warn,
        "sandbox",
        enforcement.text,
        hint: "Install bubblewrap, and let this user make user namespaces."
      )
    } catch {
      return DoctorCheck(.fail, "sandbox", error.message, hint: error.hint)
    }
  }
}
