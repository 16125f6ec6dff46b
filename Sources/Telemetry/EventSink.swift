internal import JSON
internal import Posix

/// Where a stage's events go: the descriptor that `DATIVO_EVENTS_FD` names.
package struct EventSink: Sendable {
  private let stage: String
  private let descriptor: Int32

  /// The sink that the environment names; nil where nobody listens.
  package init?(stage: String) {
    guard let text = Environment.value("DATIVO_EVENTS_FD"), let number = Int32(text), number > 2
    else { return nil }
    self.stage = stage
    descriptor = number
  }

  /// Writes one event; a listener that went away is nobody's failure.
  package func emit(_ event: Event) {
    let line = Array((event.json(stage: stage).encoded() + "\n").utf8)
    try? unsafe line.withUnsafeBytes { try unsafe Descriptor.write(descriptor, $0) }
  }
}
