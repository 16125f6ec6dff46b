import Children
import Supervisor
import Testing

@Suite struct RunLifecycleTests {
  private func pipe(stall: Double? = nil) -> RunLifecycle {
    RunLifecycle(stages: 3, hasVerdict: true, stallSeconds: stall, now: 0)
  }

  private func ended(_ stage: Int, _ exit: Exit = .code(0), group: Bool = false)
    -> RunLifecycle.Event
  { .exited(stage: stage, exit, hasGroup: group) }

  @Test func theProofIsGivenOnceAllUpstreamStagesEndedWithZero() {
    var run = pipe()
    #expect(run.handle(ended(0), at: 1) == [])
    #expect(run.handle(ended(1), at: 2) == [.allow])
    #expect(!run.isOver)
    #expect(run.handle(ended(2), at: 3) == [])
    #expect(run.isOver)
  }

  @Test(arguments: [Exit.code(1), .code(141), .signal(9)])
  func aFailedStageRefusesTheProofAtOnce(_ exit: Exit) {
    var run = pipe()
    #expect(run.handle(ended(0, exit), at: 1) == [.refuse])
    #expect(run.handle(ended(1), at: 2) == [])
  }

  @Test func anEarlyEndOfTheTargetRefusesTheProof() {
    var run = pipe()
    #expect(run.handle(ended(2), at: 1) == [.refuse])
  }

  @Test func aStageWhoseReaderIsGoneIsEndedAndThenKilled() {
    var run = pipe()
    _ = run.handle(ended(1, .code(65)), at: 10)
    #expect(run.deadline == 11)
    #expect(run.handle(.tick(idle: 0), at: 10.5) == [])
    #expect(run.handle(.tick(idle: 0), at: 11) == [.signal(stage: 0, 15)])
    #expect(run.stages[0].ourSignal == 15)
    #expect(run.handle(.tick(idle: 0), at: 20) == [])
    #expect(run.handle(.tick(idle: 0), at: 21) == [.signal(stage: 0, 9)])
  }

  @Test(arguments: [Exit.code(0), .code(1), .signal(15)])
  func aTapThatSentEnoughEndsWellHoweverItEnds(_ exit: Exit) {
    var run = pipe()
    #expect(run.handle(.enough, at: 1) == [.signal(stage: 0, 15)])
    #expect(run.handle(.enough, at: 2) == [])
    #expect(run.handle(ended(0, exit), at: 3) == [])
    #expect(run.handle(ended(1), at: 4) == [.allow])
  }

  @Test func whatFailedBehindATapThatSentEnoughStillRefuses() {
    var run = pipe()
    _ = run.handle(.enough, at: 1)
    _ = run.handle(ended(0, .signal(15)), at: 2)
    #expect(run.handle(ended(1, .code(65)), at: 3) == [.refuse])
  }

  @Test func aSignalEndsTheTapAndASecondEverything() {
    var run = pipe()
    #expect(run.handle(.signal(2), at: 1) == [.signal(stage: 0, 15)])
    #expect(run.interruptedBy == 2)
    let second = run.handle(.signal(2), at: 2)
    #expect(second == [.signal(stage: 0, 9), .signal(stage: 1, 9), .signal(stage: 2, 9)])
  }

  @Test func whatTakesTooLongDrainsAndIsThenKilled() {
    var run = RunLifecycle(
      stages: 3,
      hasVerdict: true,
      stallSeconds: nil,
      timeoutSeconds: 30,
      now: 0
    )
    #expect(run.deadline == 30)
    #expect(run.handle(.tick(idle: 0), at: 29) == [])
    #expect(run.handle(.tick(idle: 0), at: 30) == [.signal(stage: 0, 15)])
    #expect(run.isOverdue)
    _ = run.handle(ended(0), at: 31)
    #expect(run.handle(ended(1), at: 32) == [.refuse])
    #expect(run.handle(.tick(idle: 0), at: 90) == [.signal(stage: 2, 9)])
  }

  @Test func zeroAfterOurSignalProvesNothing() {
    var run = pipe()
    _ = run.handle(.signal(15), at: 1)
    _ = run.handle(ended(0), at: 2)
    #expect(run.handle(ended(1), at: 3) == [.refuse])
  }

  @Test func aSignalAfterTheTapsEndLetsThePipeFinish() {
    var run = pipe()
    _ = run.handle(ended(0), at: 1)
    #expect(run.handle(.signal(2), at: 2) == [])
    #expect(run.handle(ended(1), at: 3) == [.allow])
  }

  @Test func aSilentTapIsEndedAndKilledWhenItDoesNotListen() {
    var run = pipe(stall: 5)
    _ = run.handle(.moved, at: 3)
    #expect(run.handle(.tick(idle: 0), at: 7.9) == [])
    #expect(run.handle(.tick(idle: 0), at: 8) == [.signal(stage: 0, 15)])
    #expect(run.stalled == 0)
    #expect(run.handle(.tick(idle: 0), at: 18) == [.signal(stage: 0, 9)])
  }

  @Test func aTapThatWaitsForASlowReaderIsNotSilent() {
    var run = pipe(stall: 5)
    #expect(run.handle(.tick(idle: 2), at: 6) == [])
    #expect(run.stalled == nil)
    #expect(run.deadline == 11)
  }

  @Test func processesLeftBehindAreGivenPatienceThenKilledWithoutProof() {
    var run = pipe()
    #expect(run.handle(ended(0, group: true), at: 1) == [])
    #expect(run.handle(ended(1), at: 2) == [])
    #expect(run.handle(.tick(idle: 0), at: 11) == [.signal(stage: 0, 9)])
    #expect(run.handle(.groupGone(stage: 0), at: 11.1) == [.refuse])
    #expect(run.abandoned == 0)
  }

  @Test func processesLeftBehindThatEndInTimeDoNoHarm() {
    var run = pipe()
    _ = run.handle(ended(0, group: true), at: 1)
    _ = run.handle(ended(1), at: 2)
    #expect(run.handle(.groupGone(stage: 0), at: 3) == [.allow])
  }

  @Test func whateverIsLeftWhenAllHaveEndedIsKilled() {
    var run = pipe()
    _ = run.handle(ended(0), at: 1)
    _ = run.handle(ended(1), at: 1)
    #expect(run.handle(ended(2, group: true), at: 2) == [.signal(stage: 2, 9)])
    #expect(!run.isOver)
    _ = run.handle(.groupGone(stage: 2), at: 2.1)
    #expect(run.isOver)
  }
}
