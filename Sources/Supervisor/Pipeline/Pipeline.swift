internal import Children
internal import Glibc
package import JSON
package import Posix

/// The processes of one attempt, joined by kernel pipes; no byte of data passes through us.
///
/// Everything happens on the calling thread, in one loop over the processes' ends, their standard
/// error, their events and the target's STATE lines. It must be a thread that outlives the
/// attempt, since the kernel kills the children when it ends.
package final class Pipeline {
  let plan: Plan
  let stages: [Stage]
  private var states: Source
  private var splitter = LineSplitter(limit: 64 << 20)
  private var verdict: Int32?
  private(set) var lifecycle: RunLifecycle
  private(set) var flow: Flow
  private let warden: Warden?
  private let wardenPID: Int32?
  let started = Clock.timestamp
  let begin = Pipeline.now
  private var nextLook = 0.0
  private(set) var watch: ResourceWatch?
  private(set) var excess: Resources.Excess?

  private(set) var state: JSONValue?
  private(set) var stateCount = 0
  private(set) var rounds: [[Int]] = []
  private var lastRound = -1.0
  private var oddLines = 0
  private var stateSecrets = StateSecrets()
  /// A second reading end of the target's input; nil once that is decided, and for a target of ours,
  /// which never ends with 0 before its input has.
  private var targetInput: Descriptor?
  /// The target ended with 0 and left input behind.
  private(set) var leftInput = false

  private static let lookInterval = 0.1

  static var now: Double { Double(Clock.monotonic) / 1e9 }

  init(
    _ plan: Plan,
    _ stages: [Stage],
    _ states: consuming Source,
    _ targetInput: consuming Descriptor?,
    verdict: Int32?,
    _ warden: consuming Warden?
  ) {
    self.plan = plan
    self.stages = stages
    self.states = states
    self.targetInput = targetInput
    self.verdict = verdict
    wardenPID = warden?.pid
    self.warden = warden
    flow = Flow(pids: stages.map(\.pid))
    let overheads = stages.map { $0.plan.enclosure?.overhead ?? 0 }
    watch =
      plan.resources.isLimited
      ? ResourceWatch(stages.map(\.pid), overheads: overheads, plan.resources) : nil
    lifecycle = RunLifecycle(
      stages: stages.count,
      hasVerdict: verdict != nil,
      stallSeconds: plan.stallSeconds,
      timeoutSeconds: plan.timeoutSeconds,
      now: begin
    )
  }

  deinit { closeVerdict() }

  /// The processes, in pipe order.
  package var processes: JSONValue {
    .array(
      stages.map { stage in
        [
          "role": .string(stage.plan.role.rawValue), "name": .string(stage.plan.name),
          "pid": .number(JSONNumber(stage.pid)),
        ]
      }
    )
  }

  // MARK: The loop

  /// Runs until every process is gone.
  package func run(_ inbox: borrowing SignalInbox, _ observer: Observer) -> Attempt {
    while !lifecycle.isOver {
      let ready = Set((try? Poll.readable(polled + [inbox.raw], milliseconds: patience)) ?? [])
      let now = Self.now
      while let signal = inbox.next() { apply(lifecycle.handle(.signal(signal), at: now)) }
      for stage in stages { tell(stage.listen(ready, now: now), observer) }
      if ready.contains(states.raw) { readStates(observer) }
      if plan.limit != nil, hasEnough { apply(lifecycle.handle(.enough, at: now)) }
      reap(now)
      look(now, observer)
    }
    for stage in stages { tell(stage.finish(now: Self.now), observer) }
    readStates(observer, blocks: 1024)
    if let state { tell(stateSecrets.look(state, now: Self.now, isLast: true), observer) }
    closeVerdict()
    return outcome()
  }

  /// Whether the middle stage has cut every stream that is asked for; where those are not known, others
  /// may come.
  private var hasEnough: Bool {
    guard let streams = plan.streams else { return false }
    return stages[1].meter.cut.isSuperset(of: streams)
  }

  private var polled: [Int32] {
    stages.flatMap(\.polled) + (states.isOpen ? [states.raw] : [])
  }

  /// Milliseconds until something is due.
  private var patience: Int32 {
    if stages.contains(where: \.hasGroup) { return 20 }
    let due = min(nextLook, lifecycle.deadline ?? .infinity)
    return Int32(max(0, min((due - Self.now) * 1000, 1000)).rounded(.up))
  }

  private func reap(_ now: Double) {
    var round: [Int] = []
    for index in stages.indices {
      let stage = stages[index]
      if stage.reap(), let exit = stage.exit {
        round.append(index)
        if !stage.hasGroup { warden?.forget(stage.pid) }
        if stage.plan.role == .target { closeTargetInput(exit.isSuccess && !stage.hasGroup) }
        apply(lifecycle.handle(.exited(stage: index, exit, hasGroup: stage.hasGroup), at: now))
      } else if stage.isGroupGone() {
        warden?.forget(stage.pid)
        apply(lifecycle.handle(.groupGone(stage: index), at: now))
      }
    }
    guard !round.isEmpty else { return }
    // A process closes its pipes a moment before it can be reaped: a reader that ends of that may
    // be seen first. What ends within a tenth of a second ends together.
    if now - lastRound < 0.1, let last = rounds.popLast() {
      rounds.append(last + round)
    } else {
      rounds.append(round)
    }
    lastRound = now
  }

  /// What is still in the pipe was never read, though the target says that all is well.
  private func closeTargetInput(_ isAsked: Bool) {
    if isAsked, let raw = targetInput?.raw,
      let ready = try? Poll.readable([raw], milliseconds: 0), !ready.isEmpty
    {
      var byte: UInt8 = 0
      // SAFETY: one byte is lent for the call, which does not wait: there is a byte, or the end.
      let count = unsafe withUnsafeMutableBytes(of: &byte) { room in
        unsafe try? Descriptor.read(raw, into: room)
      }
      leftInput = count == 1
    }
    targetInput = nil
  }

  private func look(_ now: Double, _ observer: Observer) {
    if now >= nextLook {
      nextLook = now + Self.lookInterval
      if flow.look(now: now) { apply(lifecycle.handle(.moved, at: now)) }
      if excess == nil, let found = watch?.look(names: stages.map(\.plan.name)) {
        excess = found
        apply(lifecycle.handle(.overspent, at: now))
      }
      observer.progress(
        Progress(
          read: stages[1].meter.recordsIn,
          committed: stages[stages.count - 1].meter.rowsCommitted,
          meters: (stages[1].meter, stages[stages.count - 1].meter),
          slow: stages[flow.current].plan.role.rawValue,
          seconds: now - begin,
          isEnding: lifecycle.interruptedBy != nil
        )
      )
    }
    if let deadline = lifecycle.deadline, now >= deadline {
      apply(lifecycle.handle(.tick(idle: flow.idle), at: now))
    }
  }

  private func apply(_ actions: [RunLifecycle.Action]) {
    for action in actions {
      switch action {
      case .signal(let index, let number): stages[index].signal(number)
      case .killStrays: killStrays()
      case .allow:
        if let verdict {
          // SAFETY: one byte of a literal.
          try? unsafe [UInt8(0x2B)].withUnsafeBytes { try unsafe Descriptor.write(verdict, $0) }
        }
        closeVerdict()
      case .refuse: closeVerdict()
      }
    }
  }

  /// What a tap starts in a session of its own becomes ours when the tap ends.
  private func killStrays() {
    let known = FolderWarden.pids.union(stages.map(\.pid) + [wardenPID].compactMap(\.self))
    let strays = Processes.children(of: Processes.own).filter { !known.contains($0) }
    guard !strays.isEmpty else { return }
    for stray in strays { _ = Processes.kill(stray) }
    apply(lifecycle.handle(.straysKilled, at: Self.now))
  }

  private func closeVerdict() {
    guard let raw = verdict else { return }
    verdict = nil
    _ = Descriptor(owning: raw)
  }

  // MARK: What the stages tell

  private func readStates(_ observer: Observer, blocks: Int = 16) {
    var newest: JSONValue?
    var splitter = splitter
    var odd: [String] = []
    let take = { (line: ArraySlice<UInt8>) in
      if let value = StateLine.value(line) {
        newest = value
        self.stateCount += 1
      } else if !StateLine.isEmpty(line) {
        odd.append(String(decoding: line.prefix(1 << 16), as: UTF8.self))
      }
    }
    states.read(blocks: blocks) { splitter.take($0, take) }
    if !states.isOpen { splitter.end(take) }
    self.splitter = splitter
    if oddLines == 0, let first = odd.first {
      // A secret that is cut could not be told from other text.
      let shown = Redactor.known.applied(to: first).prefix(200)
      let text = "a line on standard output that is no STATE: \(shown)"
      observer.log([LogLine("target", text, level: .warning)])
    }
    oddLines += odd.count
    if let newest {
      state = newest
      observer.committed(newest)
      tell(stateSecrets.look(newest, now: Self.now), observer)
    }
  }

  private func tell(_ lines: [LogLine], _ observer: Observer) {
    if !lines.isEmpty { observer.log(lines) }
  }

  /// How long a stage has waited: by its own clock where it has one, else as it was seen.
  func waits(of index: Int) -> Waits {
    var waits = flow.waits[index]
    if let own = stages[index].meter.waited {
      waits.read = own.read
      // A target writes to a disk, which it does not measure.
      if stages[index].plan.role != .target { waits.write = own.write }
    }
    return waits
  }
}
