internal import Posix

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
