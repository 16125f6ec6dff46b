import ArgumentParser
import Supervisor

extension Run {
  func window() throws -> TimeWindow? {
    guard since != nil || until != nil else { return nil }
    let window = TimeWindow(
      since: try since.map { try Self.instant($0, "--since") },
      until: try until.map { try Self.instant($0, "--until") }
    )
    if let since = window.since, let until = window.until, since >= until {
      throw ValidationError("--since must be before --until.")
    }
    return window
  }

  /// A time on the command line.
  static func instant(_ text: String, _ option: String) throws -> Instant {
    guard let instant = Instant(text) else {
      throw ValidationError(
        "\(option) takes a time such as 2026-01-31 or 2026-01-31T12:00:00Z, not \"\(text)\"."
      )
    }
    return instant
  }
}
