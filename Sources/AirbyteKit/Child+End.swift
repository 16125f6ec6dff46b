package import Children
internal import Posix

extension Child {
  /// Waits for the end; with patience where a signal has asked us to end.
  package mutating func end() -> Exit {
    guard Signals.received != nil else { return wait() }
    signal(Teardown.gentle.signal)
    let end = Clock.monotonic + UInt64(Teardown.gentle.patience * 1e9)
    while Clock.monotonic < end {
      if let exit = reap() { return exit }
      _ = try? Poll.readable([raw], milliseconds: 200)
    }
    signal(9)
    return wait()
  }
}
