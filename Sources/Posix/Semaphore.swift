internal import Glibc

/// Counts what may be taken: threads wait while there is none.
@safe
package final class Semaphore: @unchecked Sendable {
  // SAFETY: it lives in one allocation for as long as this object, and the calls are made for
  // several threads.
  private let raw = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

  /// Begins with so many to take.
  package init(_ count: Int) { unsafe sem_init(raw, 0, UInt32(count)) }

  deinit {
    unsafe sem_destroy(raw)
    unsafe raw.deallocate()
  }

  /// Takes one; waits, through signals, while there is none.
  package func wait() { while unsafe sem_wait(raw) != 0 {} }

  /// Gives one back.
  package func signal() { unsafe _ = sem_post(raw) }
}
