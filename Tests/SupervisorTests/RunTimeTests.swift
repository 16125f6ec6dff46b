import Supervisor
import Testing

@Suite struct RunTimeTests {
  @Test(arguments: [
    ("2026-11-20", RunTime.at("2026-11-20")), ("2026-11-20T08:00", .at("2026-11-20T08:00")),
    ("2026-11-20T08:00:01.000Z", .at("2026-11-20T08:00:01.000Z")), ("7d", .ago(604_800)),
    ("12h", .ago(43_200)), ("30m", .ago(1800)), ("0s", .ago(0)),
  ])
  func timesAndAgesAreRead(_ text: String, _ time: RunTime) { #expect(RunTime(text) == time) }

  @Test(arguments: [
    "", "d", "yesterday", "-1d", "2026-11", "2026/11/20", "20261120", "1w", "99999999999999999999d",
  ])
  func anythingElseIsNone(_ text: String) { #expect(RunTime(text) == nil) }
}
