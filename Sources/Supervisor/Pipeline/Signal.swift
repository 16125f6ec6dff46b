/// The signals that the supervisor deals with, by number and by name.
package enum Signal {
  package static let interrupt: Int32 = 2
  package static let kill: Int32 = 9
  package static let brokenPipe: Int32 = 13
  package static let terminate: Int32 = 15

  /// The name of a signal, such as `SIGKILL`.
  package static func name(_ number: Int32) -> String {
    let names: [Int32: String] = [
      1: "SIGHUP", 2: "SIGINT", 3: "SIGQUIT", 4: "SIGILL", 6: "SIGABRT", 7: "SIGBUS", 8: "SIGFPE",
      9: "SIGKILL", 11: "SIGSEGV", 13: "SIGPIPE", 14: "SIGALRM", 15: "SIGTERM", 24: "SIGXCPU",
      25: "SIGXFSZ", 31: "SIGSYS",
    ]
    return names[number] ?? "signal \(number)"
  }
}
