internal import Children

/// What the processes of stages use, looked at from outside a few times a second.
///
/// A process belongs to the stage in whose group it is, or that has started it. Memory is the sum of
/// resident sets, so that pages which processes share count more than once.
struct ResourceWatch {
  private let pids: [Int32]
  private let budget: Resources
  /// The processes of a stage that confine it, which its budget has nothing to do with.
  private let overheads: [Int]
  /// The most that each stage has used so far.
  private(set) var peaks: [Resources]

  init(_ pids: [Int32], overheads: [Int], _ budget: Resources) {
    self.pids = pids
    self.overheads = overheads
    self.budget = budget
    peaks = pids.map { _ in Resources(memory: 0, processes: 0) }
  }

  /// Looks once; what is too much, if anything.
  mutating func look(names: [String]) -> Resources.Excess? {
    var used = pids.map { _ in (memory: 0, processes: 0) }
    for process in Processes.below(pids) {
      used[process.root].memory += process.memory
      used[process.root].processes += 1
    }
    for index in pids.indices {
      used[index].processes -= min(overheads[index], max(used[index].processes - 1, 0))
      peaks[index].memory = max(peaks[index].memory ?? 0, used[index].memory)
      peaks[index].processes = max(peaks[index].processes ?? 0, used[index].processes)
    }
    return budget.excess(
      used.map { Resources(memory: $0.memory, processes: $0.processes) },
      names: names
    )
  }
}
