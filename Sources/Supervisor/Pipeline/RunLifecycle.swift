package import Children

/// What happens to one attempt's processes: events in, actions out, no clock and no process.
///
/// Stages stand in pipe order, the last is the target. Times are seconds of any clock that never
/// goes back.
package struct RunLifecycle: Sendable {
  package enum Event: Hashable, Sendable {
    /// A stage was reaped; `hasGroup` tells whether it left processes behind.
    case exited(stage: Int, Exit, hasGroup: Bool)
    /// The last of the processes that a stage left behind is gone.
    case groupGone(stage: Int)
    /// Processes that the tap has left outside of its group were killed: its output was still open.
    case straysKilled
    /// Bytes left the tap.
    case moved
    /// Nothing happened but time; `idle` is the stage that the others wait for.
    case tick(idle: Int)
    /// Of every stream there is as much as was asked for.
    case enough
    /// The stages use more than they may.
    case overspent
    /// Somebody asked `dativo` to end.
    case signal(Int32)
  }

  package enum Action: Hashable, Sendable {
    /// Signal a stage's group.
    case signal(stage: Int, Int32)
    /// Kill what is ours and is no stage: the tap is gone, and its output is not closed.
    case killStrays
    /// Give the target its proof that everything before it ended well.
    case allow
    /// Close the proof's pipe without a byte.
    case refuse
  }

  /// How one stage stands.
  package struct Stage: Hashable, Sendable {
    package var exit: Exit?
    /// The signal that we sent it first; nil if none.
    package var ourSignal: Int32?
    package var hasGroup = false
    /// When patience with it ends.
    fileprivate var killAt: Double?
    /// When it is told to end, since its reader is gone.
    fileprivate var endAt: Double?

    package init() {}
  }

  package private(set) var stages: [Stage]
  /// Groups of stages that ended within one event loop round count as one.
  package private(set) var order: [Int] = []
  package private(set) var interruptedBy: Int32?
  /// The stage that was ended since nothing moved.
  package private(set) var stalled: Int?
  /// Whether the attempt took longer than it may: the tap was asked to end, what it sent drains.
  package private(set) var isOverdue = false
  /// Whether the tap was asked to end since there was enough: however it ends then, it ends well.
  package private(set) var isEnough = false
  /// A stage whose processes stayed behind and had to be killed.
  package private(set) var abandoned: Int?
  private var isDecided: Bool
  private var lastMove: Double
  private let stallSeconds: Double?
  /// When it must be over; then, when what has not drained is killed.
  private var timeoutAt: Double?
  private let teardown: Teardown

  /// What a stage whose reader is gone may take to notice that by itself; a reader that has come to
  /// the end of its input leaves one that has closed its output and tidies up.
  private static let brokenPipeGrace = 1.0
  static let tidyingGrace = 10.0
  /// How long what was sent may take to drain, once the time is up.
  private static let drainSeconds = 60.0

  package init(
    stages: Int,
    hasVerdict: Bool,
    stallSeconds: Double?,
    timeoutSeconds: Double? = nil,
    teardown: Teardown = .gentle,
    now: Double
  ) {
    self.stages = Array(repeating: Stage(), count: stages)
    isDecided = !hasVerdict
    self.stallSeconds = stallSeconds
    self.teardown = teardown
    timeoutAt = timeoutSeconds.map { now + $0 }
    lastMove = now
  }

  private var target: Int { stages.count - 1 }

  /// Whether every process is gone.
  package var isOver: Bool { stages.allSatisfy { $0.exit != nil && !$0.hasGroup } }

  /// When `tick` is due at the latest; nil for no particular time.
  package var deadline: Double? {
    var times = stages.flatMap { [$0.killAt, $0.endAt].compactMap(\.self) }
    if awaitsTapsOutput { times.append(lastMove + teardown.patience) }
    if let stallSeconds, watchesTap { times.append(lastMove + stallSeconds) }
    if let timeoutAt { times.append(timeoutAt) }
    return times.min()
  }

  private var watchesTap: Bool {
    stages[0].exit == nil && stages[0].ourSignal == nil && stages[target].exit == nil
  }

  /// Whether the tap is gone while the stage behind it reads on.
  private var awaitsTapsOutput: Bool {
    stages.count > 1 && stages[0].exit != nil && !stages[0].hasGroup && stages[1].exit == nil
  }

  package mutating func handle(_ event: Event, at now: Double) -> [Action] {
    switch event {
    case .exited(let index, let exit, let hasGroup):
      stages[index].exit = exit
      stages[index].hasGroup = hasGroup
      stages[index].killAt = hasGroup ? now + teardown.patience : nil
      stages[index].endAt = nil
      order.append(index)
      if index == 0 { lastMove = now }
      for upstream in 0..<index where stages[upstream].exit == nil {
        let grace = exit.isSuccess ? Self.tidyingGrace : Self.brokenPipeGrace
        stages[upstream].endAt = stages[upstream].endAt ?? now + grace
      }
      return decide() + sweep()
    case .groupGone(let index):
      stages[index].hasGroup = false
      stages[index].killAt = nil
      return decide()
    case .straysKilled:
      abandoned = 0
      return []
    case .moved:
      lastMove = now
      return []
    case .tick(let idle): return tick(idle, now)
    case .enough:
      guard !isEnough, stages[0].exit == nil else { return [] }
      let actions = end(0, now)
      isEnough = !actions.isEmpty
      return actions
    case .overspent: return killAll()
    case .signal(let number): return interrupt(number, now)
    }
  }

  /// The proof is given once, when all upstream stages are gone: 0 each, and none had to be told.
  private mutating func decide() -> [Action] {
    guard !isDecided else { return [] }
    if stages[target].exit != nil {
      isDecided = true
      return [.refuse]
    }
    let upstream = stages[..<target]
    let judged = upstream.dropFirst(isEnough ? 1 : 0)
    if judged.contains(where: { $0.exit.map { !$0.isSuccess } ?? false }) {
      isDecided = true
      return [.refuse]
    }
    guard upstream.allSatisfy({ $0.exit != nil && !$0.hasGroup }) else { return [] }
    isDecided = true
    let isWell =
      stalled == nil && abandoned == nil && !isOverdue
      && judged.allSatisfy { $0.ourSignal == nil }
    return [isWell ? .allow : .refuse]
  }

  /// When every stage is reaped, whatever they left behind has no business any more.
  private func sweep() -> [Action] {
    guard stages.allSatisfy({ $0.exit != nil }) else { return [] }
    return stages.indices.filter { stages[$0].hasGroup }.map { .signal(stage: $0, Signal.kill) }
  }

  private mutating func tick(_ idle: Int, _ now: Double) -> [Action] {
    var actions: [Action] = []
    for index in stages.indices {
      if let endAt = stages[index].endAt, now >= endAt {
        stages[index].endAt = nil
        actions += end(index, now)
      }
      if let killAt = stages[index].killAt, now >= killAt {
        stages[index].killAt = nil
        if stages[index].exit != nil { abandoned = index }
        actions.append(.signal(stage: index, Signal.kill))
      }
    }
    if let time = timeoutAt, now >= time {
      if isOverdue || interruptedBy != nil {
        timeoutAt = nil
        actions += killAll()
      } else {
        isOverdue = true
        timeoutAt = now + Self.drainSeconds
        actions += end(0, now)
      }
    }
    if awaitsTapsOutput, now >= lastMove + teardown.patience {
      lastMove = now
      actions.append(.killStrays)
    }
    if let stallSeconds, watchesTap, now >= lastMove + stallSeconds {
      if idle == 0 {
        stalled = 0
        actions += end(0, now)
      } else {
        // The tap waits for a slow reader: that is not its fault.
        lastMove = now
      }
    }
    return actions
  }

  private mutating func interrupt(_ number: Int32, _ now: Double) -> [Action] {
    guard interruptedBy == nil else {
      return killAll()
    }
    interruptedBy = number
    guard stages[0].exit == nil else { return [] }
    return end(0, now)
  }

  private mutating func killAll() -> [Action] {
    stages.indices.filter { stages[$0].exit == nil || stages[$0].hasGroup }
      .map { index in
        stages[index].ourSignal = stages[index].ourSignal ?? Signal.kill
        return .signal(stage: index, Signal.kill)
      }
  }

  /// Asks a stage to end, once.
  private mutating func end(_ index: Int, _ now: Double) -> [Action] {
    guard stages[index].exit == nil, stages[index].ourSignal == nil else { return [] }
    stages[index].ourSignal = teardown.signal
    stages[index].killAt = now + teardown.patience
    return [.signal(stage: index, teardown.signal)]
  }
}
