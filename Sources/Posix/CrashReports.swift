internal import CLinux

/// What a crash of the process leaves behind.
package enum CrashReports {
  /// Forbids cores and the runtime's backtraces, which show what registers point at, for good.
  ///
  /// Called before secrets are read. Throws where the system does not grant it.
  package static func forbid() throws(PosixError) {
    if clinux_forbid_crash_reports() != 0 { throw PosixError("setrlimit") }
  }
}
