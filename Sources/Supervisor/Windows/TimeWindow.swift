package import JSON

/// The time that a run is to load: from `since` on, before `until`; nil leaves that side open.
package struct TimeWindow: Hashable, Sendable {
  package var since: Instant?
  package var until: Instant?

  package init(since: Instant?, until: Instant?) {
    self.since = since
    self.until = until
  }

  /// `2026-01-01 to 2026-02-01`.
  package var text: String {
    switch (since, until) {
    case (let since?, let until?): "\(since.short) to \(until.short)"
    case (let since?, nil): "since \(since.short)"
    case (nil, let until?): "until \(until.short)"
    case (nil, nil): "all"
    }
  }

  /// Whether some time is in both.
  func meets(_ other: TimeWindow) -> Bool {
    let begins = since.flatMap { since in other.until.map { since < $0 } } ?? true
    let ends = until.flatMap { until in other.since.map { $0 < until } } ?? true
    return begins && ends
  }

  package var json: JSONValue {
    [
      "since": since.map { .string($0.text) } ?? .null,
      "until": until.map { .string($0.text) } ?? .null,
    ]
  }

  package init?(_ value: JSONValue) {
    func instant(_ key: String) -> Instant?? {
      guard let found = value[key], !found.isNull else { return .some(nil) }
      return found.string.flatMap { Instant($0) }.map { .some($0) }
    }
    guard let since = instant("since"), let until = instant("until") else { return nil }
    self.init(since: since, until: until)
  }
}

/// How long the windows of a backfill are: `30m`, `6h`, `1d`, `1w` or `1mo`.
package enum WindowLength: Hashable, Sendable {
  case seconds(Int)
  case months(Int)

  package init?(_ text: String) {
    let units: [(name: String, seconds: Int)] = [
      ("m", 60), ("h", 3600), ("d", 86_400), ("w", 7 * 86_400),
    ]
    if text.hasSuffix("mo"), let count = Int(text.dropLast(2)), (1...1200).contains(count) {
      self = .months(count)
      return
    }
    guard let unit = units.first(where: { text.hasSuffix($0.name) }),
      let count = Int(text.dropLast(unit.name.count)), (1...100_000).contains(count)
    else { return nil }
    self = .seconds(count * unit.seconds)
  }

  /// The windows of this length between two moments, the last cut short; nil above `most`.
  package func windows(
    from first: Instant,
    to last: Instant,
    most: Int = 10_000
  ) -> [TimeWindow]? {
    var windows: [TimeWindow] = []
    // Each is reckoned from the first, so that months that end early shift none after them.
    while true {
      let since = edge(windows.count, from: first)
      guard since < last else { return windows }
      guard windows.count < most else { return nil }
      let until = min(edge(windows.count + 1, from: first), last)
      windows.append(TimeWindow(since: since, until: until))
    }
  }

  /// The first edge that is not before `moment`, of windows that begin at `first`.
  package func edge(after moment: Instant, from first: Instant) -> Instant {
    var count = 1
    if case .seconds(let length) = self, moment > first {
      count = (moment.seconds - first.seconds + length - 1) / length
    }
    while edge(count, from: first) < moment { count += 1 }
    return edge(count, from: first)
  }

  private func edge(_ count: Int, from first: Instant) -> Instant {
    switch self {
    case .seconds(let length): Instant(seconds: first.seconds + count * length)
    case .months(let length): first.adding(months: count * length)
    }
  }
}
