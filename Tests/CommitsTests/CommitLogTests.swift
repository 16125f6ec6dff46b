import Commits
import Glibc
import JSON
import Posix
import Storage
import Testing

/// One writer at a time.
@Suite struct CommitLogTests {
  private let disk = RecordedDisk()
  private var store: LocalStore { LocalStore(disk, drafts: LogFolder("p").drafts) }

  private func open(source: String? = nil, accepts: Bool = false) throws -> CommitLog {
    try CommitLog.open(store, pipeline: "p", run: "r", source: source, acceptsSource: accepts)
  }

  private func commits() throws -> [String] { try store.list(LogFolder("p").commits) }

  @Test func openingAloneWritesNothing() throws {
    let log = try open()
    #expect(log.nextSequence == 1)
    #expect(disk.operations.isEmpty)
  }

  @Test func theFirstCommitOpensAnEpoch() throws {
    var log = try open()
    try log.commit(files: [], state: ["n": 1], tables: JSONObject())
    #expect(try commits() == ["000000000001.json", "000000000002.json"])
    #expect(log.epoch == 1)
    var next = try open()
    try next.commit(files: [], state: ["n": 2], tables: JSONObject())
    #expect(next.epoch == 2)
    #expect(next.last?.sequence == 4)
  }

  @Test func aWriterThatIsNotTheLastIsFenced() throws {
    var first = try open()
    try first.commit(files: [], state: ["n": 1], tables: JSONObject())
    var second = try open()
    try second.begin()
    #expect(throws: CommitError.fenced(sequence: 3)) {
      try first.commit(files: [], state: ["n": 2], tables: JSONObject())
    }
    // What it would do next is refused as well.
    #expect(throws: CommitError.fenced(sequence: 3)) {
      try first.commit(files: [], state: ["n": 3], tables: JSONObject())
    }
    #expect(try CommitLog.newest(store, "p")?.commit.state == ["n": 1])
  }

  @Test func aWriterThatOpenedBeforeAnotherWroteIsFenced() throws {
    var early = try open()
    var other = try open()
    try other.commit(files: [], state: ["n": 1], tables: JSONObject())
    #expect(throws: CommitError.fenced(sequence: 1)) { try early.begin() }
  }

  @Test func anotherSourceIsRefusedWhileAStateStands() throws {
    var log = try open(source: "a")
    try log.commit(files: [], state: ["n": 1], tables: JSONObject())
    #expect(throws: CommitError.otherSource(was: "a", now: "b")) { _ = try open(source: "b") }
    var reset = try open(source: "b", accepts: true)
    try reset.commit(.state, files: [], state: nil, tables: JSONObject(), reason: "another shop")
    let newest = try #require(try CommitLog.newest(store, "p")).commit
    #expect(newest.state == nil && newest.source == "b" && newest.reason == "another shop")
    _ = try open(source: "c")
  }

  /// The folder of the commits fails to sync: the object is there, but may not stay.
  @Test func aPublicationInDoubtEndsTheWriterAndTheNextOneFindsOut() throws {
    var log = try open()
    try log.commit(files: [], state: ["n": 0], tables: JSONObject())
    disk.failing = ["syncFolder": EIO]
    var thrown: CommitError?
    do throws(CommitError) {
      try log.commit(files: [], state: ["n": 1], tables: JSONObject())
    } catch {
      thrown = error
    }
    guard case .undecided(3, .system(let error))? = thrown else {
      Issue.record("not in doubt: \(String(describing: thrown))")
      return
    }
    #expect(error.code == EIO)
    disk.failing = [:]
    let doubt = try #require(thrown)
    #expect(throws: doubt) {
      try log.commit(files: [], state: ["n": 2], tables: JSONObject())
    }
    #expect(try open().last?.state == ["n": 1])
  }

  @Test func aPublicationThatFailedIsNone() throws {
    var log = try open()
    try log.begin()
    disk.failing = ["link": ENOSPC]
    #expect(throws: CommitError.self) {
      try log.commit(files: [], state: ["n": 1], tables: JSONObject())
    }
    disk.failing = [:]
    #expect(try commits() == ["000000000001.json"])
    #expect(try open().last?.state == nil)
  }

  /// A leftover draft shares its bytes with the object that it became: it must never be opened
  /// for writing again, whatever the number of the process.
  @Test func aLeftoverDraftIsNeverWrittenThrough() throws {
    disk.failing = ["removeFile": EIO]
    try store.create("a.json", Array("first".utf8))
    disk.failing = [:]
    #expect(throws: StoreError.exists("a.json")) {
      try store.create("a.json", Array("second, longer".utf8))
    }
    #expect(try store.read("a.json") == Array("first".utf8))
    #expect(try store.list(LogFolder("p").drafts).count == 1)
    var log = try open()
    try log.begin()
    #expect(try store.list(LogFolder("p").drafts).isEmpty)
  }

  @Test func ownersAndSharing() throws {
    func log(_ pipeline: String) throws -> CommitLog {
      try CommitLog.open(store, pipeline: pipeline, run: "r", source: nil)
    }
    var one = try log("one")
    var two = try log("two")
    try two.checkOwner("t", isShared: false)
    try one.claim("t", isShared: false)
    let owned = CommitError.owned(stream: "t", by: "one")
    #expect(throws: owned) { try two.claim("t", isShared: false) }
    #expect(throws: owned) { try two.checkOwner("t", isShared: true) }
    var later = try log("one")
    try later.claim("t", isShared: true)
    try two.checkOwner("t", isShared: true)
    try two.claim("t", isShared: true)
    #expect(throws: owned) { try two.checkOwner("t", isShared: false) }
  }

  @Test func everyFileStaysReachableOnceTheLogIsFolded() throws {
    try Workload().load(store, to: 60)
    // 15 commits and the opening, folded every 3.
    #expect(try store.list(LogFolder("p").snapshots).count == 5)
    try Workload().verify(store, end: 60)
    let sequences = try Snapshot.allFiles(store, "p").map(\.sequence)
    #expect(sequences == (2...16).flatMap { [$0, $0, $0] })
  }

  @Test func aGapInTheChainIsNoticed() throws {
    try Workload().load(store, to: 8)
    let name = "\(LogFolder("p").commits)/000000000002.json"
    let text = String(decoding: try #require(try store.read(name)) as [UInt8], as: UTF8.self)
    try store.remove(name)
    try store.create(name, Array(text.dropLast(1).utf8) + Array(" }".utf8))
    #expect(throws: CommitError.broken(sequence: 3)) { _ = try open() }
  }
}
