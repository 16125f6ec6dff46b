import JSON
import Supervisor
import Testing

@Suite struct BreakerTests {
  private let policy = Breaker.Policy(failures: 3, cooldown: 60)

  private func after(_ causes: String...) -> Breaker {
    var breaker = Breaker()
    for (time, cause) in causes.enumerated() { breaker.failed(cause, "x", policy, at: time) }
    return breaker
  }

  @Test func soManyFailuresOfOneCauseInARowOpenIt() {
    #expect(after("a", "a").state(policy, at: 5) == .closed)
    #expect(after("a", "a", "b", "a", "a").state(policy, at: 5) == .closed)
    #expect(after("b", "a", "a", "a").state(policy, at: 5) == .open(until: 63))
  }

  @Test func aSuccessInBetweenBeginsAnew() {
    var breaker = after("a", "a")
    breaker.succeeded()
    breaker.failed("a", "x", policy, at: 9)
    #expect(breaker.failures == 1 && breaker.state(policy, at: 9) == .closed)
  }

  @Test func theTrialClosesItOrOpensItAnew() {
    var breaker = after("a", "a", "a")
    #expect(breaker.state(policy, at: 61) == .open(until: 62))
    #expect(breaker.state(policy, at: 62) == .halfOpen)
    breaker.failed("another cause", "x", policy, at: 62)
    #expect(breaker.state(policy, at: 70) == .open(until: 122))
    breaker.succeeded()
    #expect(breaker == Breaker() && breaker.state(policy, at: 70) == .closed)
  }

  @Test func itIsReadAsItWasWritten() {
    let breaker = after("a", "a", "a")
    #expect(Breaker(breaker.json) == breaker)
    #expect(Breaker(["format": 2]) == nil)
  }
}
