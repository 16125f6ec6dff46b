import ConnectorKit
import JSONSchema

/// Tells the supervisor, at most once a second, how far each stream is.
final class Meter {
  private var reporter = Reporter("dativo-validate")
  private var toldCuts = 0

  /// Whether nobody listens, so that people are told at the end instead.
  var isSilent: Bool { !reporter.isListening }

  /// Reports if a second has passed, and the time spent waiting on either side.
  func tick(_ streams: [StreamCheck], waitedToRead: UInt64, waitedToWrite: UInt64) {
    guard reporter.isDue() else { return }
    report(streams)
    reporter.stall(read: waitedToRead, write: waitedToWrite)
  }

  /// Reports at once which streams have had enough.
  func tell(_ cut: Cut?) {
    for stream in cut?.streams.dropFirst(toldCuts) ?? [] {
      reporter.cut(stream)
      toldCuts += 1
    }
  }

  /// Reports the final figures: violations, and the time spent waiting on either side.
  func finish(_ streams: [StreamCheck], waitedToRead: UInt64, waitedToWrite: UInt64) {
    report(streams)
    for stream in streams {
      for (key, tally) in stream.violations {
        reporter.violations(
          stream: stream.name,
          rule: key.rule,
          pointer: key.pointer,
          severity: key.severity.rawValue,
          count: tally.count
        )
      }
    }
    reporter.stall(read: waitedToRead, write: waitedToWrite)
  }

  private func report(_ streams: [StreamCheck]) {
    for stream in streams {
      reporter.stream(
        stream.name,
        recordsIn: stream.read,
        recordsOut: stream.passed,
        bytesIn: stream.bytes
      )
    }
  }
}
