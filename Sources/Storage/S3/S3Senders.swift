internal import Posix
internal import Synchronization

/// Sends the parts of all uploads of a store, a few at a time, on threads of their own.
///
/// Each waits for its answer, and is tried again, as any other request. A part that is being sent
/// is in memory, so their number is what bounds that. The threads end with the process.
final class S3Senders: Sendable {
  private let free: Semaphore
  private let idle = Mutex<[Worker]>([])

  /// At most `limit` parts are under way.
  init(limit: Int) { free = Semaphore(limit) }

  /// Begins `job` on another thread; waits while there are as many under way as there may be.
  func begin(_ job: @escaping @Sendable () -> Void) {
    free.wait()
    let worker = idle.withLock { $0.popLast() } ?? Worker(capacity: 1)
    // A worker never refuses where no job throws.
    try? worker.submit {
      job()
      self.idle.withLock { $0.append(worker) }
      self.free.signal()
    }
  }
}
