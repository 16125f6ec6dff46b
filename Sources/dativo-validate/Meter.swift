import ConnectorKit
import JSONSchema
import Posix
import Telemetry
import Wire

/// Tells the supervisor, at most once a second, how far each stream is.
final class Meter {
  private let sink = EventSink(stage: "dativo-validate")
  private var last = Clock.monotonic

  /// Whether nobody listens, so that people are told at the end instead.
  var isSilent: Bool { sink == nil }

  /// Reports if a second has passed.
  func tick(_ streams: [StreamCheck]) {
    guard sink != nil else { return }
    let now = Clock.monotonic
    guard now - last >= 1_000_000_000 else { return }
    last = now
    report(streams)
  }

  /// Reports the final figures, violations included.
  func finish(_ streams: [StreamCheck]) {
    guard let sink else { return }
    report(streams)
    for stream in streams {
      for (key, tally) in stream.violations {
        sink.emit(
          .violations(
            stream: stream.name,
            rule: key.rule,
            pointer: key.pointer,
            severity: key.severity.rawValue,
            count: tally.count
          )
        )
      }
    }
  }

  private func report(_ streams: [StreamCheck]) {
    for stream in streams {
      sink?.emit(
        .stream(
          name: stream.name,
          recordsIn: stream.read,
          recordsOut: stream.passed,
          bytesIn: stream.bytes
        )
      )
    }
  }
}
