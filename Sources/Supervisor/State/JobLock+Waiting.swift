internal import Posix
package import Wire

extension JobLock {
  /// Takes the lock for a run and waits up to `seconds` for it; returns who ended without giving it
  /// back.
  ///
  /// `pause` waits so many seconds and returns the signal that ended that early; `tell` says once
  /// who is waited for.
  package func take(
    _ owner: LockOwner,
    waiting seconds: Double,
    pause: (Double) -> Int32?,
    tell: (String) -> Void
  ) throws(Failure) -> LockOwner? {
    let end = Clock.monotonic + UInt64(seconds * 1e9)
    var hasTold = false
    while let refusal = try take(owner, obeysHold: true) {
      let failure = failure(refusal)
      let now = Clock.monotonic
      guard now < end else { throw failure }
      if !hasTold { tell("\(failure.message); waiting") }
      hasTold = true
      if let signal = pause(min(0.2, Double(end - now) / 1e9)) {
        throw Failure(.signal(signal), "interrupted")
      }
    }
    return abandoned
  }

  /// The same for a run that tells people.
  func take(
    _ purpose: String,
    waiting seconds: Double,
    _ console: Console,
    pause: (Double) -> Int32?
  ) throws(Failure) {
    let former = try take(LockOwner(purpose), waiting: seconds, pause: pause) {
      console.show($0, .doubtful)
    }
    guard let former else { return }
    console.show("taking over from \(former.text), which ended without giving the lock back")
  }
}
