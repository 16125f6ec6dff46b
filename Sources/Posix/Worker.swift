internal import Glibc

/// Runs jobs one after another on a thread of its own.
///
/// The jobs that wait and the one that runs cost at most `capacity` together, or there is one alone;
/// who submits one more waits too. After a job has thrown, the others are dropped, and `submit` and
/// `drain` throw that error.
@safe
package final class Worker: @unchecked Sendable {
  package typealias Job = @Sendable () throws -> Void

  // SAFETY: mutex and condition live in one allocation each, for as long as the worker; every
  // property below is touched with the mutex held only.
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private let capacity: Int
  private var jobs: [(cost: Int, run: Job)] = []
  private var isRunning = false
  private var outstanding = 0
  private var isEnding = false
  private var failure: (any Error)?
  private var thread = pthread_t()

  /// Starts the thread.
  package init(capacity: Int) {
    self.capacity = capacity
    unsafe pthread_mutex_init(mutex, nil)
    unsafe pthread_cond_init(changed, nil)
    // The thread holds the worker until `end`, whoever else lets go of it.
    let context = unsafe Unmanaged.passRetained(self)
    unsafe pthread_create(
      &thread,
      nil,
      { context in
        guard let context = unsafe context else { return nil }
        unsafe Unmanaged<Worker>.fromOpaque(context).takeRetainedValue().loop()
        return nil
      },
      context.toOpaque()
    )
  }

  deinit {
    unsafe mutex.deallocate()
    unsafe changed.deallocate()
  }

  /// Waits until there is room for a job that costs `cost`.
  package func makeRoom(for cost: Int) throws {
    lock()
    defer { unlock() }
    try waitForRoom(cost)
  }

  /// Hands over a job; waits until there is room for it.
  package func submit(cost: Int = 1, _ job: @escaping Job) throws {
    lock()
    defer { unlock() }
    try waitForRoom(cost)
    outstanding += cost
    jobs.append((cost, job))
    wake()
  }

  /// Waits until every job is done.
  package func drain() throws {
    lock()
    defer { unlock() }
    while !jobs.isEmpty || isRunning { wait() }
    if let failure { throw failure }
  }

  /// Ends the thread after the jobs that wait; called once, at the end.
  package func end() {
    lock()
    isEnding = true
    wake()
    unlock()
    pthread_join(thread, nil)
  }

  private func loop() {
    lock()
    while true {
      while jobs.isEmpty, !isEnding { wait() }
      guard !jobs.isEmpty else { break }
      isRunning = true
      let job = jobs.removeFirst()
      let skip = failure != nil
      unlock()
      var thrown: (any Error)?
      if !skip {
        do { try job.run() } catch { thrown = error }
      }
      lock()
      if failure == nil { failure = thrown }
      outstanding -= job.cost
      isRunning = false
      wake()
    }
    unlock()
  }

  private func waitForRoom(_ cost: Int) throws {
    while outstanding > 0, outstanding + cost > capacity, failure == nil { wait() }
    if let failure { throw failure }
  }

  private func lock() { unsafe _ = pthread_mutex_lock(mutex) }
  private func unlock() { unsafe _ = pthread_mutex_unlock(mutex) }
  private func wait() { unsafe _ = pthread_cond_wait(changed, mutex) }
  private func wake() { unsafe _ = pthread_cond_broadcast(changed) }
}
