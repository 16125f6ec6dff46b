package import JSON

/// A circuit breaker: after so many runs in a row that failed for one cause a job is left alone for a
/// while; pure.
///
/// Closed it lets every run begin, open none. When the cool-down is over it is half open: one trial
/// run begins, which closes it or opens it anew.
package struct Breaker: Hashable, Sendable {
  /// What a job asks for.
  package struct Policy: Hashable, Sendable {
    /// How many runs in a row open it.
    package var failures: Int
    /// Seconds that it stays open.
    package var cooldown: Double

    package init(failures: Int, cooldown: Double) {
      self.failures = failures
      self.cooldown = cooldown
    }
  }

  package enum State: Hashable, Sendable {
    case closed
    /// Until that second since 1970.
    case open(until: Int)
    case halfOpen
  }

  /// What the failures have in common, such as `tap 69`; nil where there are none.
  package private(set) var cause: String?
  package private(set) var failures = 0
  /// What the last one said.
  package private(set) var message = ""
  /// When it opened, in seconds since 1970; nil while it is closed.
  package private(set) var opened: Int?

  package init() {}

  package func state(_ policy: Policy, at now: Int) -> State {
    guard let opened else { return .closed }
    let until = opened + Int(policy.cooldown.rounded(.up))
    return now < until ? .open(until: until) : .halfOpen
  }

  package mutating func succeeded() { self = Breaker() }

  /// Notes a run that failed; one that fails while it is open, as a trial does, opens it anew.
  package mutating func failed(_ cause: String, _ message: String, _ policy: Policy, at now: Int) {
    failures = cause == self.cause ? failures + 1 : 1
    self.cause = cause
    self.message = message
    if opened != nil || failures >= policy.failures { opened = now }
  }

  package var json: JSONValue {
    [
      "format": 1, "cause": cause.map { .string($0) } ?? .null,
      "failures": .number(JSONNumber(failures)), "message": .string(message),
      "opened": opened.map { .string(Instant(seconds: $0).text) } ?? .null,
    ]
  }

  package init?(_ value: JSONValue) {
    guard value["format"]?.number?.int64 == 1, let count = value["failures"]?.number?.int64 else {
      return nil
    }
    cause = value["cause"]?.string
    failures = Int(count)
    message = value["message"]?.string ?? ""
    opened = value["opened"]?.string.flatMap { Instant($0) }?.seconds
  }
}
