internal import Posix
internal import Wire

extension JobLock {
  /// Takes the lock for a run, waiting up to `seconds` for another to end; a signal ends the wait.
  func take(
    _ purpose: String,
    waiting seconds: Double,
    _ inbox: borrowing SignalInbox,
    _ console: Console
  ) throws(Failure) {
    let end = Clock.monotonic + UInt64(seconds * 1e9)
    var told = false
    while let refusal = try take(LockOwner(purpose), obeysHold: true) {
      let failure = failure(refusal)
      let now = Clock.monotonic
      guard now < end else { throw failure }
      if !told { console.show("\(failure.message); waiting", .doubtful) }
      told = true
      if let signal = inbox.pause(min(0.2, Double(end - now) / 1e9)) {
        throw Failure(.signal(signal), "interrupted")
      }
    }
    if let left = abandoned {
      console.show("taking over from \(left.text), which ended without giving the lock back")
    }
  }
}

extension SignalInbox {
  /// Waits; returns the signal that ended the wait early.
  func pause(_ seconds: Double) -> Int32? {
    let end = Clock.monotonic + UInt64(seconds * 1e9)
    while true {
      if let signal = next() { return signal }
      let now = Clock.monotonic
      guard now < end else { return nil }
      let left = Int32(min((end - now) / 1_000_000 + 1, 60_000))
      _ = try? Poll.readable([raw], milliseconds: left)
    }
  }
}
