import JSON
import Supervisor
import Testing

@Suite struct WindowTests {
  @Test(arguments: [
    ("1970-01-01", 0), ("2026-11-26T00:00:00Z", 1_795_651_200), ("2024-02-29", 1_709_164_800),
    ("2026-01-01T02:00:00+02:00", 1_767_225_600), ("2026-01-01 00:00", 1_767_225_600),
    ("1969-12-31T23:59:59Z", -1),
  ])
  func momentsAreRead(_ text: String, _ seconds: Int) {
    #expect(Instant(text)?.seconds == seconds)
  }

  @Test(arguments: [
    "", "2026", "2026-13-01", "2026-02-29", "2026-01-01T24:00", "2026-01-01T00:00:00X", "2026-1-1",
    "2026-01-01T00:00:00+2", "0000-01-01", "2026-01-01T",
  ])
  func anythingElseIsNoMoment(_ text: String) { #expect(Instant(text) == nil) }

  @Test func everyDayOfFourCenturiesIsWrittenAsItIsRead() {
    for day in stride(from: -180_000, through: 40_000, by: 1) {
      let moment = Instant(seconds: day * 86_400)
      #expect(Instant(moment.date) == moment)
      #expect(Instant(moment.text) == moment)
    }
  }

  @Test(arguments: [
    ("1mo", "2024-04-15", "2024-04-30"), ("1mo", "2024-01-31", "2024-02-29"),
    ("1d", "2024-03-01T00:00:01Z", "2024-03-02"), ("1d", "2024-03-01", "2024-03-01"),
    ("6h", "2023-01-01", "2024-01-31T06:00:00Z"),
  ])
  func theWindowThatIsNowEndsAtItsOwnEdge(_ length: String, _ now: String, _ end: String) {
    let first = Instant("2024-01-31") ?? Instant(seconds: 0)
    let edge = WindowLength(length)?.edge(after: Instant(now) ?? first, from: first)
    #expect(edge == Instant(end))
  }

  @Test func monthsEndOnTheirLastDayAndComeBack() {
    let windows = WindowLength("1mo")?.windows(
      from: Instant("2024-01-31T06:00:00Z") ?? Instant(seconds: 0),
      to: Instant("2024-04-30") ?? Instant(seconds: 0)
    )
    let edges = windows?.map { $0.since?.text ?? "" } ?? []
    #expect(
      edges == ["2024-01-31T06:00:00Z", "2024-02-29T06:00:00Z", "2024-03-31T06:00:00Z"]
    )
    #expect(windows?.last?.until?.text == "2024-04-30T00:00:00Z")
  }

  @Test(arguments: ["", "1", "d", "0d", "-1d", "1y", "1.5d", "mo"])
  func otherLengthsAreNone(_ text: String) { #expect(WindowLength(text) == nil) }

  @Test func tooManyWindowsAreNone() {
    let length = WindowLength("30m")
    let (first, last) = (Instant(seconds: 0), Instant(seconds: 86_400))
    #expect(length?.windows(from: first, to: last)?.count == 48)
    #expect(length?.windows(from: first, to: last, most: 47) == nil)
  }

  @Test func settingsAreFoundByTheirUsualNames() {
    let found = WindowSettings(among: ["url", "end_date", "start_time", "start_date"])
    #expect(found == WindowSettings(since: "start_date", until: "end_date"))
    #expect(WindowSettings(among: ["url"]) == WindowSettings())
  }
}
