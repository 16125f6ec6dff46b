/// How many lines may be shown: a burst at once, then so many a second.
struct Allowance: Sendable {
  private static let perSecond = 50.0
  private static let burst = 500.0

  private var left = burst
  private var lastRefill: Double?

  mutating func refill(_ now: Double) {
    if let lastRefill { left = min(Self.burst, left + (now - lastRefill) * Self.perSecond) }
    lastRefill = now
  }

  /// Whether one more may be shown, which is then counted.
  mutating func take() -> Bool {
    guard left >= 1 else { return false }
    left -= 1
    return true
  }
}
