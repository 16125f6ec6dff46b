package import Storage

/// A destination held against its commit logs: every object, every file, every byte.
///
/// Nothing is changed. A writer at work meanwhile can make its newest commit look unfinished.
package struct Verification {
  /// How many rows a file's own footer tells.
  package enum RowCount: Sendable {
    case rows(Int)
    case unreadable(String)
  }

  /// What was looked at.
  package struct Summary: Sendable, Equatable {
    package var pipelines = 0
    package var commits = 0
    package var files = 0
    package var rows = 0
    package var bytes = 0
  }

  package private(set) var summary = Summary()
  /// What is wrong, in the order of the logs.
  package private(set) var problems: [Problem] = []
  private let store: any ObjectStore
  private let rowCount: (_ path: String, _ size: Int) -> RowCount

  /// Checks all of the destination, or with `table`, a table's folder, only its files.
  package init(
    _ store: any ObjectStore,
    _ histories: [History],
    table: String?,
    rowCount: @escaping (_ path: String, _ size: Int) -> RowCount
  ) throws(CommitError) {
    self.store = store
    self.rowCount = rowCount
    summary.pipelines = histories.count
    var expected: PathSet = []
    var removed: [[UInt8]: Int] = [:]
    var tables: Set<String> = []
    var passed: PathSet = []
    for history in histories {
      summary.commits += history.commits.count
      problems += history.problems
      for (sequence, file) in history.visible where Self.isInside(file.path, table) {
        expected.insert([file.path])
        try check(file, sequence, isLast: sequence == history.commits.last?.commit.sequence)
      }
      for entry in history.commits {
        for path in entry.commit.removed { removed[Array(path.utf8)] = entry.commit.sequence }
      }
      passed.insert(history.commits.last.map { SnapshotFolders.passed($0.commit.tables) } ?? [])
      tables.formUnion(history.tables.filter { table == nil || $0 == table })
      if table == nil { try findLeftovers(history) }
    }
    for folder in tables.sorted() { try findUnknown(folder, expected, removed, passed, depth: 0) }
  }

  /// Whether `path` lies in the table; any path does without one.
  package static func isInside(_ path: String, _ table: String?) -> Bool {
    table.map { path.hasPrefix("\($0)/") } ?? true
  }

  private mutating func check(
    _ file: Commit.File,
    _ sequence: Int,
    isLast: Bool
  ) throws(CommitError) {
    summary.files += 1
    guard let size = try CommitError.storing({ () throws(StoreError) in try store.size(file.path) })
    else {
      let waits = try CommitError.storing { () throws(StoreError) in
        try store.isStaged(file.name, bytes: file.bytes)
      }
      if isLast, waits {
        note(
          .unfinished,
          file.path,
          "commit \(sequence) is published, but this file of it is not visible yet",
          "Run the pipeline again: it finishes the commit first. Nothing is lost."
        )
      } else {
        note(
          .missingFile,
          file.path,
          "the file of commit \(sequence) is missing (\(file.rows) rows)",
          "Restore it from a backup, or load the table anew with --full-refresh."
        )
      }
      return
    }
    let restore = "Restore the file from a backup, or load the table anew with --full-refresh."
    guard size == file.bytes else {
      let message = "\(size) bytes, where commit \(sequence) says \(file.bytes)"
      return note(.wrongSize, file.path, message, restore)
    }
    guard try digest(file.path) == file.sha256 else {
      let message = "its SHA-256 is not that of commit \(sequence): the content was changed"
      return note(.wrongDigest, file.path, message, restore)
    }
    switch rowCount(file.path, size) {
    case .rows(file.rows): break
    case .rows(let rows):
      let message = "\(rows) rows, where commit \(sequence) says \(file.rows)"
      note(.wrongRows, file.path, message, "Report this as a bug, with the file.")
    case .unreadable(let why):
      note(.unreadableFile, file.path, why, restore)
    }
    summary.rows += file.rows
    summary.bytes += file.bytes
  }

  private func digest(_ path: String) throws(CommitError) -> String {
    let piece = 1 << 22
    var digest = Digest()
    var offset = 0
    while true {
      let bytes = try CommitError.storing { () throws(StoreError) in
        try store.read(path, at: offset, count: piece) ?? []
      }
      // SAFETY: the bytes stay in place during the call.
      unsafe bytes.withUnsafeBytes { unsafe digest.update($0) }
      offset += bytes.count
      if bytes.count < piece { return digest.hex }
    }
  }

  /// Looks for data files that no log names, in the folder and below; what begins with `_` or `.`
  /// is passed over, as readers do, and `passed` with the rows before, kept for readers at work.
  private mutating func findUnknown(
    _ folder: String,
    _ expected: PathSet,
    _ removed: [[UInt8]: Int],
    _ passed: PathSet,
    depth: Int
  ) throws(CommitError) {
    guard depth < 16 else { return }
    for name in try CommitError.storing({ () throws(StoreError) in try store.list(folder) }) {
      guard !name.hasPrefix("_"), !name.hasPrefix(".") else { continue }
      let path = "\(folder)/\(name)"
      guard !passed.contains(path) else { continue }
      guard name.hasSuffix(".parquet") else {
        try findUnknown(path, expected, removed, passed, depth: depth + 1)
        continue
      }
      guard !expected.contains(path) else { continue }
      if let sequence = removed[Array(path.utf8)] {
        note(
          .removedFile,
          path,
          "commit \(sequence) removed this file, but it is still there",
          "Run the pipeline again, or delete it: a glob over the table reads its rows twice."
        )
      } else {
        note(
          .unknownFile,
          path,
          "no commit names this file, but a glob over the table reads it",
          "Move it out of the table's folder."
        )
      }
    }
  }

  private mutating func findLeftovers(_ history: History) throws(CommitError) {
    let suffix = store.stagedSuffix
    let named = PathSet(history.commits.last?.commit.files.map { $0.staged + suffix } ?? [])
    let staging = LogFolder(history.pipeline).staging
    for epoch in try CommitError.storing({ () throws(StoreError) in try store.list(staging) }) {
      let folder = "\(staging)/\(epoch)"
      for name in try CommitError.storing({ () throws(StoreError) in try store.list(folder) })
      where !named.contains("\(folder)/\(name)") {
        note(
          .leftover,
          "\(folder)/\(name)",
          "staged by a writer that has ended, or is at work",
          "Nothing to do: the next run removes it, and no reader sees it."
        )
      }
    }
  }

  private mutating func note(
    _ kind: Problem.Kind,
    _ subject: String,
    _ message: String,
    _ hint: String
  ) {
    problems.append(Problem(kind: kind, subject: subject, message: message, hint: hint))
  }
}
