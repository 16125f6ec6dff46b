import Commits
import JSON
import Parquet
import Supervisor

/// A file of a table, with the commits that its rows come from.
struct VisibleFile {
  let file: Commit.File
  let origin: ClosedRange<Int>
  private let sequence: Int
  /// The folder below which the names of folders tell values of columns.
  private let root: String

  /// A file that a commit made visible; of one that was merged before merges told their origin it is
  /// only known that its rows are older.
  init(_ entry: Snapshot.Entry, wasMerged: Bool, roots: [String]) {
    file = entry.file
    let path = entry.file.path
    root = roots.first { path.hasPrefix("\($0)/") } ?? String(path.prefix { $0 != "/" })
    sequence = entry.sequence
    let unknown = wasMerged ? 1...max(entry.sequence - 1, 1) : entry.sequence...entry.sequence
    origin = entry.file.origin ?? unknown
  }

  var folder: Substring { file.path.lastIndex(of: "/").map { file.path[..<$0] } ?? "" }

  /// Whether it is known which of the two files has the later rows, or that they are of one commit;
  /// `other` is one that it can be merged with.
  func isInOrder(with other: VisibleFile) -> Bool {
    !origin.overlaps(other.origin)
      || origin == other.origin && (origin.count == 1 || sequence == other.sequence)
  }

  /// Where its rows stand among those of other files.
  var latestOrigin: LatestRows.Origin {
    LatestRows.Origin(
      commits: origin,
      pathValues: pathValues,
      sequence: sequence,
      folder: String(folder),
      version: file.version
    )
  }

  /// The values that the names of its folders tell, as they are written there.
  var pathValues: [(column: String, value: String?)] {
    let below: Substring = folder.dropFirst(root.count)
    return below.split(separator: "/").compactMap { (level: Substring) in
      guard let sign = level.firstIndex(of: "=") else { return nil }
      let value = String(level[level.index(after: sign)...])
      return (String(level[..<sign]), value == "__HIVE_DEFAULT_PARTITION__" ? nil : value)
    }
  }

  /// All of a log's files that lie in a table, those with the oldest rows first.
  static func all(_ history: History, in table: String?) -> [VisibleFile] {
    let merges = Set(
      history.commits.filter { $0.commit.reason?.hasPrefix("dativo compact") == true }
        .map(\.commit.sequence)
    )
    let roots = SnapshotFolders.roots(history.commits.last?.commit.tables ?? [:])
    let files = history.visible.filter { Verification.isInside($0.file.path, table) }
      .map { VisibleFile($0, wasMerged: merges.contains($0.sequence), roots: roots) }
    return files.enumerated().sorted { left, right in
      // Files that were written anew come after others of their commit, but their rows do not.
      func place(_ item: (offset: Int, element: VisibleFile)) -> (Int, Int, Int64, Int) {
        let (file, origin) = (item.element.file, item.element.origin)
        return (origin.upperBound, origin.lowerBound, file.version ?? .min, item.offset)
      }
      return place(left) < place(right)
    }.map(\.element)
  }

  /// The files of a table with what their folders tell, as its commit log has them.
  static func files(_ history: History, in table: String?) -> [ContractData.Visible] {
    all(history, in: table).map { ($0.file.path, $0.pathValues) }
  }
}
