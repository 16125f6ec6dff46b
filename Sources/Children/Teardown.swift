/// How a process is made to end: a signal, and the patience before it is killed.
package struct Teardown: Hashable, Sendable {
  package var signal: Int32
  package var patience: Double

  package init(signal: Int32, patience: Double) {
    self.signal = signal
    self.patience = patience
  }

  /// SIGTERM, and SIGKILL after ten seconds.
  package static let gentle = Teardown(signal: 15, patience: 10)
}
