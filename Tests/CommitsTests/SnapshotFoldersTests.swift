import Commits
import JSON
import Storage
import Testing

/// A table behind the link `current`, whose rows are replaced again and again: a power cut after any
/// operation leaves the link at the rows of one load.
@Suite struct SnapshotFoldersTests {
  private static let rounds = 4

  private func store(_ disk: RecordedDisk) -> LocalStore {
    LocalStore(disk, drafts: LogFolder("p").drafts)
  }

  /// Replaces the rows by those of each round after the committed one, but for one file that stays.
  private func load(
    _ store: any ObjectStore,
    to end: Int,
    tell: (Int) -> Void = { _ in }
  ) throws(CommitError) {
    var log = try CommitLog.open(store, pipeline: "p", run: "r", source: nil)
    for round in Workload.row(log.last?.state) + 1..<max(end, Workload.row(log.last?.state)) + 1 {
      try log.begin()
      var files: [Commit.File] = []
      for part in (round == 1 ? 0 : 1)..<3 {
        let name = "p-\(log.nextSequence)-\(part).parquet"
        let file = try CommitLog.stage(store, "\(log.staging)/\(name).staged", for: "t/\(name)")
        let sha256 = try write("\(part == 0 ? 0 : round)", file)
        files.append(
          Commit.File(
            staged: file.path,
            path: "t/\(name)",
            stream: "t",
            rows: 1,
            bytes: file.bytes,
            sha256: sha256,
            version: part == 0 ? 0 : Int64(round)
          )
        )
      }
      let gone = try Snapshot.allFiles(store, "p").filter { $0.file.version != 0 }
      try log.commit(
        files: files,
        state: Workload.state(round),
        tables: ["t": ["folder": "t"]],
        removing: gone.isEmpty ? [] : [("t", .files(PathSet(gone.map(\.file.path))))],
        snapshots: [("t", "t")]
      )
      tell(round)
    }
  }

  private func write(_ text: String, _ file: StagedFile) throws(CommitError) -> String {
    let bytes = Array(text.utf8)
    let result: Result<Void, CommitError> = unsafe bytes.withUnsafeBytes { bytes in
      do throws(CommitError) {
        return .success(unsafe try file.write(bytes))
      } catch {
        return .failure(error)
      }
    }
    try result.get()
    return try file.close()
  }

  /// What a glob behind the link sees.
  private func rows(_ image: DiskImage) -> [String] {
    image.files(in: "t/current").values.map { String(decoding: $0, as: UTF8.self) }.sorted()
  }

  private func check(_ image: DiskImage, told: Int) throws {
    let seen = rows(image)
    let whole = (1...Self.rounds).map { ["0", "\($0)", "\($0)"] }
    #expect(
      whole.dropFirst(max(told - 1, 0)).contains(seen) || told == 0 && seen.isEmpty,
      "\(seen)"
    )
    let disk = RecordedDisk(image)
    try load(store(disk), to: Self.rounds)
    #expect(rows(disk.image) == ["0", "\(Self.rounds)", "\(Self.rounds)"])
    let told = try Snapshot.allFiles(store(disk), "p")
    #expect(told.count == 3)
    for (_, file) in told {
      let bytes = try store(disk).read(file.path)
      #expect(bytes.map(Digest.hex) == file.sha256)
    }
    // The rows that stand, those before, the link.
    #expect(try store(disk).list("t").filter { !$0.hasPrefix(".") }.count == 3)
  }

  @Test func aPowerCutLeavesTheRowsOfOneLoad() throws {
    let disk = RecordedDisk()
    var told: [(at: Int, round: Int)] = []
    try load(store(disk), to: Self.rounds) { told.append((disk.operations.count, $0)) }
    try check(disk.image, told: Self.rounds)
    var seen: Set<DiskImage> = []
    for count in 0...disk.operations.count {
      let round = told.last { $0.at <= count }?.round ?? 0
      for image in disk.imagesAfterPowerCut(at: count, exhaustively: true) {
        seen.insert(image)
        try check(image, told: round)
      }
    }
    #expect(seen.count > 200)
  }
}
