import JSON
import Supervisor
import Telemetry
import Testing

@Suite struct CountCheckTests {
  private func report(_ text: String) throws -> ValidationReport {
    try #require(ValidationReport(try JSONValue.parse(#"{"streams":\#(text)}"#)))
  }

  private func meter(
    _ streams: [(name: String, into: Int, out: Int, skipped: Int)],
    committed: Int
  ) -> Meter {
    var meter = Meter()
    for stream in streams {
      meter.take(
        .stream(
          name: stream.name,
          recordsIn: stream.into,
          recordsOut: stream.out,
          recordsSkipped: stream.skipped,
          bytesIn: 0
        )
      )
    }
    meter.take(.commit(sequence: 1, rows: committed, bytes: 0, files: 1))
    return meter
  }

  @Test func whatWasReadIsCommittedSkippedQuarantinedOrFiltered() throws {
    let report = try report(
      #"{"a":{"read":10,"passed":6,"quarantined":3,"discarded":1},"b":{"read":4,"passed":4}}"#
    )
    let check = CountCheck(report, meter([("a", 6, 4, 2), ("b", 4, 4, 0)], committed: 8))
    #expect(check.differences.isEmpty && check.unwritten.isEmpty && check.superseded == 0)
  }

  @Test func aRecordThatGotLostIsToldWithItsStream() throws {
    let report = try report(#"{"a":{"read":10,"passed":10},"b":{"read":4,"passed":4}}"#)
    let check = CountCheck(report, meter([("a", 7, 7, 0), ("b", 5, 5, 0)], committed: 12))
    #expect(check.differences.count == 2)
    #expect(check.differences[0].hasPrefix("stream a: 10 read, but 7 reached the target"))
    #expect(check.differences[0].hasSuffix("3 are missing"))
    #expect(check.differences[1].hasSuffix("1 too many"))
  }

  @Test func aRecordThatTheTargetLostIsTold() throws {
    let report = try report(#"{"a":{"read":10,"passed":10}}"#)
    let check = CountCheck(report, meter([("a", 10, 9, 0)], committed: 9))
    #expect(
      check.differences == [
        "stream a: 10 reached the target, but 9 were written or left out as repeated: 1 are missing"
      ]
    )
  }

  @Test func aStreamWithoutColumnsIsNoLoss() throws {
    let report = try report(#"{"a":{"read":10,"passed":10}}"#)
    let check = CountCheck(report, meter([("a", 10, 0, 0)], committed: 0))
    #expect(check.differences.isEmpty && check.unwritten == ["a"])
  }

  @Test func rowsThatNoCommitHasNeedAReason() throws {
    let report = try report(#"{"a":{"read":10,"passed":10}}"#)
    var check = CountCheck(report, meter([("a", 10, 10, 0)], committed: 6))
    #expect(check.superseded == 4)
    check.settle(replaces: true)
    #expect(check.differences.isEmpty)
    check.settle(replaces: false)
    #expect(check.differences.count == 1)
  }

  @Test func streamsWithOtherNamesAreComparedInSum() throws {
    let report = try report(#"{"a":{"read":10,"passed":10}}"#)
    #expect(CountCheck(report, meter([("n.a", 10, 10, 0)], committed: 10)).differences.isEmpty)
    let check = CountCheck(report, meter([("n.a", 9, 9, 0)], committed: 9))
    #expect(check.differences.first?.hasPrefix("all streams: 10 read") == true)
  }
}
