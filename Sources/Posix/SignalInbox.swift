internal import CLinux
internal import Glibc

/// SIGINT, SIGTERM, SIGHUP and SIGQUIT as something to read: none is lost and none interrupts a call.
///
/// They stay blocked for the rest of the process; there is one inbox per process.
package struct SignalInbox: ~Copyable {
  private let descriptor: Descriptor

  /// Takes the signals over; a broken pipe is an error of `write` from now on.
  package init() throws(PosixError) {
    _ = signal(SIGPIPE, SIG_IGN)
    let raw = clinux_signal_descriptor()
    guard raw >= 0 else { throw PosixError("signalfd") }
    descriptor = Descriptor(owning: raw)
  }

  /// What to poll.
  package var raw: Int32 { descriptor.raw }

  /// The signal that came next; nil if none waits.
  package func next() -> Int32? {
    let number = clinux_next_signal(descriptor.raw)
    return number == 0 ? nil : number
  }
}
