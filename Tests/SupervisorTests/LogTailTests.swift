import JSON
import Supervisor
import Testing

@Suite struct LogTailTests {
  private func bytes(_ text: String) -> ArraySlice<UInt8> { Array(text.utf8)[...] }

  @Test func linesAreShownWithTheirStage() {
    var log = LogTail("tap", redactor: Redactor())
    #expect(log.take(bytes("one\ntw"), now: 0).map(\.shown) == ["tap | one"])
    #expect(log.take(bytes("o\r\nthree"), now: 0).map(\.shown) == ["tap | two"])
    #expect(log.end().map(\.shown) == ["tap | three"])
    #expect(log.lines == ["one", "two", "three"])
  }

  @Test func aFloodIsCountedNotShown() {
    var log = LogTail("tap", redactor: Redactor())
    var shown: [LogLine] = []
    for number in 0..<100_000 { shown += log.take(bytes("line \(number)\n"), now: 0) }
    #expect(shown.count == 500)
    #expect(log.end().map(\.shown) == ["tap | … 99500 lines not shown"])
    #expect(log.dropped == 99_500)
    #expect(log.lines.count == 40)
    #expect(log.lines.first == "line 99960")
    #expect(log.lines.last == "line 99999")
  }

  @Test func afterAFloodLinesAreShownAgain() {
    var log = LogTail("tap", redactor: Redactor())
    for _ in 0..<600 { _ = log.take(bytes("x\n"), now: 0) }
    let told = log.take(bytes("y\n"), now: 1).map(\.shown)
    #expect(told == ["tap | … 100 lines not shown", "tap | y"])
  }

  @Test func aLineWithoutEndTakesNoMemory() {
    var log = LogTail("tap", redactor: Redactor())
    for _ in 0..<100 {
      #expect(log.take(bytes(String(repeating: "x", count: 65_536)), now: 0).map(\.shown) == [])
    }
    let line = log.take(bytes("\nnext\n"), now: 0).map(\.shown)
    #expect(line.count == 2)
    #expect(line.first?.utf8.count == 4096 + "tap | ".utf8.count)
    #expect(line.last == "tap | next")
  }

  @Test func theFailureOfAStageOfOursIsReadNotShown() {
    var log = LogTail("target", redactor: Redactor())
    let event = #"{"event":"exit","code":74,"kind":"io","message":"disk full","hint":"make room"}"#
    #expect(log.take(bytes("bad\n\(event)\n"), now: 0).map(\.shown) == ["target | bad"])
    #expect(log.note?.message == "disk full")
    #expect(log.note?.code == 74)
  }

  @Test func controlCharactersDoNotReachTheTerminal() {
    var log = LogTail("tap", redactor: Redactor())
    #expect(log.take(bytes("a\u{1B}[2Jb\u{7}\tc\n"), now: 0).map(\.shown) == ["tap | a?[2Jb?\tc"])
  }

  @Test(arguments: [
    ("INFO METRIC: x", LogLevel.info), ("WARNING:root:late", .warning),
    ("2026-11-26 10:00:00,123 | ERROR    | tap-x | no", .error), ("[DEBUG] x", .debug),
    ("2026-11-26T10:00:00Z CRITICAL down", .error),
    ("time=\"10:00\" level=warn msg=late", .warning),
    (#"{"level": "info", "message": "well"}"#, .info),
    (#"{"type": "LOG", "log": {"level": "FATAL", "message": "no"}}"#, .error),
  ])
  func levelsAreRead(line: String, level: LogLevel) {
    var log = LogTail("tap", redactor: Redactor())
    #expect(log.take(bytes(line + "\n"), now: 0).map(\.level) == [level])
  }

  @Test(arguments: ["an ERROR is no level here", "File \"x.py\", line 3", "", "HELLO there", "E"])
  func whatIsNoLevelIsNone(line: String) {
    var log = LogTail("tap", redactor: Redactor())
    #expect(log.take(bytes(line + "\n"), now: 0).map(\.level) == [nil])
  }

  @Test func aWarningIsToldWithinAFloodOfDetails() {
    var log = LogTail("tap", redactor: Redactor())
    for _ in 0..<1000 { _ = log.take(bytes("INFO x\n"), now: 0) }
    let told = log.take(bytes("WARNING y\n"), now: 0)
    #expect(told.map(\.text) == ["… 500 lines not shown", "WARNING y"])
    #expect(told.map(\.level) == [.info, .warning])
  }

  @Test func metricsAddUp() {
    var log = LogTail("tap", redactor: Redactor())
    let tags = #""tags": {"stream": "a", "status": "failed"}}"#
    let count = #"METRIC: {"type": "counter", "metric": "record_count", "value": 7, "# + tags
    let time = #"{"type": "timer", "metric": "http_request_duration", "value": 0.5, "# + tags
    let text = "INFO \(count)\n2026-01-01 10:00:00 | INFO     | metrics | \(count)\n\(time)\n"
    _ = log.take(bytes(text), now: 0)
    let json = log.metrics.json
    #expect(json?["records"]?.number?.int64 == 14)
    #expect(json?["requests"]?.number?.int64 == 1)
    #expect(json?["request_seconds"]?.number?.double == 0.5)
    #expect(json?["timers"]?.array?.first?["failed"]?.number?.int64 == 1)
  }

  @Test func aSecretThatTheLimitWouldCutIsHiddenWhole() {
    var secrets = SecretValues()
    secrets.take("sixteen-letters!")
    var log = LogTail("tap", redactor: Redactor(secrets))
    let line = String(repeating: "x", count: 4090) + "sixteen-letters!\n"
    let told = log.take(bytes(line), now: 0)
    #expect(told.first?.text.hasSuffix("x******") == true)
    #expect(log.lines.first?.contains("sixteen") == false)
  }
}
