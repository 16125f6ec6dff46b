import Commits
import JSON
import Storage
import Testing

/// Power cuts, exhaustively: after every operation, with what was not synced kept or lost.
@Suite struct PowerCutTests {
  private static let end = 20
  private let workload = Workload()

  private func store(_ disk: RecordedDisk) -> LocalStore {
    LocalStore(disk, drafts: LogFolder("p").drafts)
  }

  /// Holds an image against the promises, then resumes the load on it.
  private func check(_ image: DiskImage, told: Int, end: Int = end) throws {
    var visible: [String: [UInt8]] = [:]
    for stream in Workload.streams {
      for (name, bytes) in image.files(in: stream) { visible["\(stream)/\(name)"] = bytes }
    }
    let rows = try #require(Workload.visibleRows(visible), "a visible file is not whole")
    #expect(rows.count == Set(rows).count, "a row is visible twice: \(rows)")

    let disk = RecordedDisk(image)
    let newest = try CommitLog.newest(store(disk), "p")
    #expect(Workload.row(newest?.commit.state) >= told, "a STATE was told and is lost")
    // Only the newest commit may be unfinished.
    for (sequence, file) in try Snapshot.allFiles(store(disk), "p")
    where sequence < newest?.commit.sequence ?? 0 {
      #expect(visible[file.path].map(Digest.hex) == file.sha256)
    }
    try workload.load(store(disk), to: end)
    try workload.verify(store(disk), end: end)
  }

  /// An image with the last STATE that was told before.
  private struct Case: Hashable {
    let image: DiskImage
    let told: Int
  }

  /// Checks every image that a power cut after `first` or more operations may leave.
  private func checkAll(
    _ disk: RecordedDisk,
    from first: Int,
    told: [(at: Int, row: Int)],
    end: Int = end,
    exhaustively: Bool = true,
    seen: inout Set<Case>
  ) throws {
    for count in first...disk.operations.count {
      let row = told.last { $0.at <= count }?.row ?? 0
      for image in disk.imagesAfterPowerCut(at: count, exhaustively: exhaustively)
      where seen.insert(Case(image: image, told: row)).inserted {
        try check(image, told: row, end: end)
      }
    }
  }

  @Test func everyPrefixOfALoadRecovers() throws {
    let disk = RecordedDisk()
    var told: [(at: Int, row: Int)] = []
    // Two runs: the second one opens a log that has commits, and clears what the first has left.
    for end in [8, Self.end] {
      try workload.load(store(disk), to: end) { told.append((disk.operations.count, $0)) }
    }
    try workload.verify(store(disk), end: Self.end)
    #expect(told.map(\.row) == [4, 8, 12, 16, 20])
    var seen: Set<Case> = []
    try checkAll(disk, from: 0, told: told, seen: &seen)
    #expect(seen.count > 500)
  }

  /// A writer is killed after every operation; the next one recovers, and its power is cut.
  @Test func everyPrefixOfARecoveryRecovers() throws {
    let whole = RecordedDisk()
    try workload.load(store(whole), to: 4)
    var seen: Set<Case> = []
    for killed in 0..<whole.operations.count {
      let disk = RecordedDisk()
      var told: [(at: Int, row: Int)] = []
      disk.remaining = killed
      #expect(throws: CommitError.self) { try workload.load(store(disk), to: 4) }
      disk.remaining = nil
      let begin = disk.operations.count
      try workload.load(store(disk), to: 7) { told.append((disk.operations.count, $0)) }
      try checkAll(disk, from: begin, told: told, end: 7, exhaustively: false, seen: &seen)
    }
    #expect(seen.count > 500)
  }

  /// A disk that fails in one way for a while: whatever was left, the next run makes good.
  @Test(arguments: ["create", "write", "sync", "link", "rename", "makeFolder", "syncFolder"])
  func aFailingDiskLosesNothing(operation: String) throws {
    let whole = RecordedDisk()
    try workload.load(store(whole), to: 8)
    for count in 0..<whole.operations.count {
      let disk = RecordedDisk()
      disk.remaining = count
      try? workload.load(store(disk), to: 8)
      disk.remaining = nil
      disk.failing = [operation: 28]
      var told = 0
      try? workload.load(store(disk), to: 8) { told = $0 }
      disk.failing = [:]
      try check(disk.image.reachable, told: told)
    }
  }
}
