internal import Glibc

/// When an attempt is made again: exponential back-off with full jitter, the one place for it.
package struct RetryPolicy: Sendable {
  /// How many attempts there are in all.
  package var attempts: Int
  /// The longest wait before the second attempt, in milliseconds; it doubles each time.
  package var base: Int
  /// The longest wait of all, in milliseconds.
  package var limit: Int

  package init(attempts: Int = 6, base: Int = 200, limit: Int = 20_000) {
    self.attempts = attempts
    self.base = base
    self.limit = limit
  }

  /// The longest wait after attempt `number`, counted from 1, in milliseconds.
  package func ceiling(after number: Int) -> Int {
    min(limit, base << min(max(number - 1, 0), 20))
  }

  /// Waits before the attempt that follows `number`; false if there is none left.
  ///
  /// The other side may ask for at least `atLeast` seconds, of which no more than `limit` counts.
  package func waits(after number: Int, atLeast seconds: Int = 0) -> Bool {
    guard number < attempts else { return false }
    let wait = max(Int.random(in: 0...ceiling(after: number)), min(seconds * 1000, limit))
    usleep(UInt32(wait) * 1000)
    return true
  }
}
