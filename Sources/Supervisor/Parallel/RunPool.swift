internal import Posix
internal import Wire

/// Runs of ours side by side, so many at a time; those of one lane come one after the other.
///
/// It must be worked on a thread that outlives the runs: the main one.
struct RunPool<Item> {
  /// How many run at a time.
  let limit: Int
  /// What must not run beside another of the same name: a pipeline has one writer.
  let lane: (Item) -> String
  let start: (Item) throws(Failure) -> RunProcess
  /// Takes the lines that a run shows to people.
  let show: (Item, [String]) -> Void
  /// Takes a run that has ended, and how many are still to end; whether others may begin.
  let ended: (Item, RunProcess, Int) throws(Failure) -> Bool

  /// Works the items off; returns the signal that ended it early, and what was not begun.
  ///
  /// The first signal asks every run for a clean drain, a second ends them: as a run itself has it.
  func work(
    _ items: [Item],
    _ inbox: borrowing SignalInbox
  ) throws(Failure) -> (interruptedBy: Int32?, left: [Item]) {
    var waiting = items
    var running: [(item: Item, process: RunProcess)] = []
    var interruptedBy: Int32?
    var goesOn = true
    while !running.isEmpty || (!waiting.isEmpty && interruptedBy == nil && goesOn) {
      while running.count < limit, interruptedBy == nil, goesOn,
        let next = next(waiting, beside: running.map(\.item))
      {
        let item = waiting.remove(at: next)
        running.append((item, try start(item)))
      }
      _ = try? Poll.readable(running.flatMap(\.process.polled) + [inbox.raw], milliseconds: 1000)
      while let signal = inbox.next() {
        interruptedBy = interruptedBy ?? signal
        for one in running { one.process.signal(signal) }
      }
      for (item, process) in running { tell(item, process.listen()) }
      let gone = running.filter { $0.process.reap() }
      running.removeAll { $0.process.exit != nil }
      for (index, one) in gone.enumerated() {
        tell(one.item, one.process.listen(blocks: 1024))
        let left = running.count + waiting.count + gone.count - index - 1
        goesOn = try ended(one.item, one.process, left) && goesOn
      }
    }
    return (interruptedBy, waiting)
  }

  /// The first that may run beside those that do.
  private func next(_ waiting: [Item], beside running: [Item]) -> Int? {
    let taken = Set(running.map(lane))
    return waiting.firstIndex { !taken.contains(lane($0)) }
  }

  private func tell(_ item: Item, _ lines: [String]) {
    if !lines.isEmpty { show(item, lines) }
  }
}
