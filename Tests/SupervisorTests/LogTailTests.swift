import Supervisor
import Testing

@Suite struct LogTailTests {
  private func bytes(_ text: String) -> ArraySlice<UInt8> { Array(text.utf8)[...] }

  @Test func linesAreShownWithTheirStage() {
    var log = LogTail(prefix: "tap")
    #expect(log.take(bytes("one\ntw"), now: 0) == ["tap | one"])
    #expect(log.take(bytes("o\r\nthree"), now: 0) == ["tap | two"])
    #expect(log.end() == ["tap | three"])
    #expect(log.lines == ["one", "two", "three"])
  }

  @Test func aFloodIsCountedNotShown() {
    var log = LogTail(prefix: "tap")
    var shown: [String] = []
    for number in 0..<100_000 { shown += log.take(bytes("line \(number)\n"), now: 0) }
    #expect(shown.count == 500)
    #expect(log.end() == ["tap | … 99500 lines not shown"])
    #expect(log.dropped == 99_500)
    #expect(log.lines.count == 40)
    #expect(log.lines.first == "line 99960")
    #expect(log.lines.last == "line 99999")
  }

  @Test func afterAFloodLinesAreShownAgain() {
    var log = LogTail(prefix: "tap")
    for _ in 0..<600 { _ = log.take(bytes("x\n"), now: 0) }
    #expect(log.take(bytes("y\n"), now: 1) == ["tap | … 100 lines not shown", "tap | y"])
  }

  @Test func aLineWithoutEndTakesNoMemory() {
    var log = LogTail(prefix: "tap")
    for _ in 0..<100 {
      #expect(log.take(bytes(String(repeating: "x", count: 65_536)), now: 0) == [])
    }
    let line = log.take(bytes("\nnext\n"), now: 0)
    #expect(line.count == 2)
    #expect(line.first?.utf8.count == 4096 + "tap | ".utf8.count)
    #expect(line.last == "tap | next")
  }

  @Test func theFailureOfAStageOfOursIsReadNotShown() {
    var log = LogTail(prefix: "target")
    let event = #"{"event":"exit","code":74,"kind":"io","message":"disk full","hint":"make room"}"#
    #expect(log.take(bytes("bad\n\(event)\n"), now: 0) == ["target | bad"])
    #expect(log.note?.message == "disk full")
    #expect(log.note?.code == 74)
  }

  @Test func controlCharactersDoNotReachTheTerminal() {
    var log = LogTail(prefix: "tap")
    #expect(log.take(bytes("a\u{1B}[2Jb\u{7}\tc\n"), now: 0) == ["tap | a?[2Jb?\tc"])
  }
}
