internal import Children
internal import Wire

extension Pipeline {
  /// What the attempt came to, once every process is gone.
  func outcome() -> Attempt {
    let ends = zip(stages, lifecycle.stages).map { stage, life in
      Diagnosis.End(
        role: stage.plan.role.rawValue,
        name: stage.plan.name,
        exit: stage.exit ?? .signal(Signal.kill),
        ourSignal: life.ourSignal,
        lines: stage.log.lines,
        note: stage.log.note
      )
    }
    var judged = ends
    if lifecycle.isEnough {
      judged[0].exit = .code(0)
      judged[0].ourSignal = nil
    }
    let diagnosis = Diagnosis(
      judged,
      rounds: rounds,
      interruptedBy: lifecycle.interruptedBy,
      isOverdue: lifecycle.isOverdue,
      stalled: lifecycle.stalled,
      stallSeconds: plan.stallSeconds ?? 0,
      abandoned: lifecycle.abandoned,
      leftInput: leftInput,
      excess: excess
    )
    return Attempt(
      ends: ends,
      diagnosis: diagnosis.hinting { stages[$0].plan.enclosure?.hint },
      meters: stages.map(\.meter),
      state: state,
      states: stateCount,
      slow: flow.slow,
      peaks: watch?.peaks,
      waits: stages.indices.map { waits(of: $0) },
      dropped: stages.map(\.log.dropped),
      metrics: stages.map(\.log.metrics),
      seconds: Self.now - begin,
      started: started
    )
  }
}

extension Diagnosis {
  /// With what a stage was granted, where it failed of a cause that it did not say itself.
  fileprivate func hinting(_ hint: (Int) -> String?) -> Diagnosis {
    // What is wrong with data is wrong with it anywhere.
    guard case .failed(var blame) = self, blame.hint == nil, (1...127).contains(blame.code),
      ExitCode(rawValue: blame.code).kind != .data
    else { return self }
    blame.hint = hint(blame.stage)
    return .failed(blame)
  }
}
