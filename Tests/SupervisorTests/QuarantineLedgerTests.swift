import Commits
import JSON
import Posix
import Supervisor
import Testing

@Suite struct QuarantineLedgerTests {
  private let folder = Folder()

  private var job: Job {
    let nothing = Job.Connector(program: .command(["true"]))
    return Job(
      file: "job.yaml",
      folder: folder.path,
      tenant: "t",
      name: "j",
      source: nothing,
      target: nothing
    )
  }

  /// A file with two records, a STATE, one record more, a STATE, and one after that.
  private func file(_ name: String) throws -> String {
    let record = { (line: Int) in #"{"type":"RECORD","stream":"s","record":{},"line":\#(line)}"# }
    let state = { (n: Int) in #"{"type":"STATE","value":{"n":\#(n)},"states":\#(n)}"# }
    let lines = [record(1), record(2), state(2), record(5), state(4), record(9)]
    return try folder.write(name, lines.joined(separator: "\n") + "\n")
  }

  private func attempt(_ file: String) -> QuarantineLedger.Pending {
    QuarantineLedger.Pending(run: "r", name: "r", file: file, start: 0, epoch: 1, began: "")
  }

  private func lines(_ ledger: QuarantineLedger) throws -> [Int] {
    var found: [Int] = []
    try ledger.records(QuarantineFilter()) { line, _, _ in found.append(line.number) }
    return found
  }

  @Test(arguments: [
    (QuarantineLedger.Reach.nothing, []), (.states(1), []), (.states(2), [1, 2]),
    (.states(3), [1, 2]), (.states(9), [1, 2, 5]), (.everything, [1, 2, 5, 9]),
    (.value(["n": 2]), [1, 2]), (.value(["n": 7]), [1, 2, 5, 9]),
  ])
  func whatNoCommittedStateCoversIsVoid(
    _ reach: QuarantineLedger.Reach,
    _ waiting: [Int]
  ) throws {
    var ledger = try QuarantineLedger(job)
    try ledger.begin(attempt(file("bad.jsonl")))
    #expect(try ledger.settle(reach) == waiting.count)
    #expect(try lines(ledger) == waiting)
    #expect(try lines(QuarantineLedger(job)) == waiting)
  }

  @Test func theFileOfARunIsCutToWhatWaits() throws {
    let own = try file(".dativo/quarantine/t/j/r.jsonl")
    var ledger = try QuarantineLedger(job)
    try ledger.begin(attempt(own))
    try ledger.settle(.states(2))
    #expect(Files.size(own) == ledger.parts[0].range.upperBound)
    try ledger.begin(attempt(file(".dativo/quarantine/t/j/void.jsonl")))
    try ledger.settle(.nothing)
    #expect(!Paths.exists("\(folder.path)/.dativo/quarantine/t/j/void.jsonl"))
  }

  @Test func onlyAnotherEpochOfTheSameRunSettlesAnAttempt() throws {
    let pending = attempt("f")
    func reach(_ run: String, epoch: Int, isWhole: Bool = false) -> String {
      var last = TargetLog.Last(sequence: 9, epoch: 9, source: nil, state: nil)
      last.position = .init(run: run, epoch: epoch, states: 3, isWhole: isWhole)
      return "\(QuarantineLedger.reach(of: pending, last, told: nil))"
    }
    #expect(reach("r", epoch: 2) == "states(3)")
    #expect(reach("r", epoch: 2, isWhole: true) == "everything")
    #expect(reach("r", epoch: 1) == "nothing")
    #expect(reach("other", epoch: 2) == "nothing")
  }

  @Test func whatWasReplayedWaitsNoMore() throws {
    var ledger = try QuarantineLedger(job)
    try ledger.begin(attempt(file("bad.jsonl")))
    try ledger.settle(.everything)
    var replay = attempt("\(folder.path)/none.jsonl")
    replay.name = "replay"
    replay.sent = ["r": [2...2, 9...9]]
    try ledger.begin(replay)
    try ledger.settle(.nothing)
    #expect(try lines(ledger) == [1, 2, 5, 9])
    try ledger.begin(replay)
    try ledger.settle(.everything)
    #expect(try lines(QuarantineLedger(job)) == [1, 5])
    try ledger.supersede("other")
    #expect(try lines(ledger) == [1, 5])
    try ledger.supersede("s")
    #expect(try lines(ledger) == [])
  }

  @Test func marksUniteToRanges() {
    var part = QuarantinePart(run: "r", file: "f", range: 0..<1, records: 5, began: "")
    part.mark([7, 3])
    part.mark([4, 8, 3])
    #expect(part.replayed == [3...4, 7...8])
    let waiting = (1...9).filter { part.waits(line: $0, stream: "s") }
    #expect(waiting == [1, 2, 5, 6, 9])
    #expect(!part.isDone)
    part.mark([1])
    #expect(part.isDone)
  }
}
