internal import CLinux
internal import Glibc

/// SIGTERM and SIGINT as a flag, SIGPIPE as an error of `write`.
package enum Signals {
  /// Ignores SIGPIPE and notes SIGTERM and SIGINT instead of dying of them; a blocked read wakes.
  package static func install() {
    _ = signal(SIGPIPE, SIG_IGN)
    clinux_note_signals()
  }

  /// The signal that asked the process to end; nil if none did.
  package static var received: Int32? {
    let number = clinux_noted_signal()
    return number == 0 ? nil : number
  }
}
