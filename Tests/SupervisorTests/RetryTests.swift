import Supervisor
import Testing

@Suite struct RetryTests {
  private func retry(attempts: Int = 5) -> Retry {
    var policy = Job.Retry()
    policy.attempts = attempts
    policy.initialSeconds = 2
    policy.maxSeconds = 5
    return Retry(policy)
  }

  @Test(arguments: [Int32(64), 65, 70, 74, 77, 78])
  func whatWouldFailAgainIsNotTriedAgain(_ code: Int32) {
    var retry = retry()
    #expect(retry.decide(Recovery(code: code), moved: true, chance: 0) == .stop(nil))
  }

  @Test(arguments: [Int32(69), 75])
  func whatPassesByItselfIsTriedAgainUntilTheAttemptsAreUsedUp(_ code: Int32) {
    var retry = retry(attempts: 4)
    let waits = (0..<3).map { _ in retry.decide(Recovery(code: code), moved: false, chance: 1) }
    #expect(
      waits == [.again(afterSeconds: 2), .again(afterSeconds: 4), .again(afterSeconds: 5)]
    )
    let last = retry.decide(Recovery(code: code), moved: false, chance: 1)
    #expect(last == .stop("all 4 attempts failed"))
  }

  @Test(arguments: [Int32(1), 2, 120, 137, 143])
  func anUnknownCauseIsTriedAgainOnceWithoutProgress(_ code: Int32) {
    var retry = retry()
    #expect(retry.decide(Recovery(code: code), moved: false, chance: 0) == .again(afterSeconds: 1))
    let second = retry.decide(Recovery(code: code), moved: false, chance: 0)
    #expect(second == .stop("it failed twice without committing anything in between"))
  }

  @Test func progressAllowsFurtherAttempts() {
    var retry = retry()
    _ = retry.decide(.whileMoving, moved: false, chance: 0)
    #expect(retry.decide(.whileMoving, moved: true, chance: 0) == .again(afterSeconds: 2))
    #expect(retry.decide(.whileMoving, moved: false, chance: 0) == .again(afterSeconds: 2.5))
  }

  @Test func theRemoteSidesWaitIsKept() {
    var retry = retry()
    let decision = retry.decide(.later, moved: false, retryAfter: 30, chance: 0)
    #expect(decision == .again(afterSeconds: 30))
  }
}
