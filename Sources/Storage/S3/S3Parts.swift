internal import Posix
internal import Synchronization

/// The parts of one upload, some of which are still under way.
final class S3Parts: Sendable {
  private struct Sent {
    /// By number, from 0; nil while under way.
    var tags: [String?] = []
    /// Of the first part, by number, that failed.
    var failure: (number: Int, error: StoreError)?
  }

  private let sent = Mutex(Sent())
  private let done = Semaphore(0)

  /// How many were begun.
  var count: Int { sent.withLock { $0.tags.count } }

  /// Sends the next part with `send`, which is given its number from 1 and returns its ETag.
  ///
  /// Called by one thread only, the one that writes. Throws why an earlier part has failed.
  func begin(
    _ senders: S3Senders,
    _ send: @escaping @Sendable (Int) throws(StoreError) -> String
  ) throws(StoreError) {
    try check()
    let number = sent.withLock { sent in
      sent.tags.append(nil)
      return sent.tags.count
    }
    senders.begin {
      do throws(StoreError) {
        let tag = try send(number)
        self.sent.withLock { $0.tags[number - 1] = tag }
      } catch {
        self.sent.withLock { sent in
          if sent.failure.map({ number < $0.number }) ?? true { sent.failure = (number, error) }
        }
      }
      self.done.signal()
    }
  }

  /// Waits for all parts and returns their ETags in order; called once, after the last `begin`.
  func finish() throws(StoreError) -> [String] {
    for _ in 0..<count { done.wait() }
    try check()
    return sent.withLock { $0.tags.compactMap(\.self) }
  }

  private func check() throws(StoreError) {
    if let failure = sent.withLock({ $0.failure }) { throw failure.error }
  }
}
