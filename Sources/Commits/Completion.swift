internal import Storage

/// What follows a commit: its files become visible.
///
/// Whoever opens the log next repeats it.
enum Completion {
  /// Makes the files of a published commit visible; repeating it changes nothing.
  static func complete(
    _ commit: Commit,
    _ store: any ObjectStore
  ) throws(CommitError) {
    // First away, then there: a reader may find too little for a moment, never a row twice.
    try CommitError.storing { () throws(StoreError) in
      let removed = commit.removed.filter { !SnapshotFolders.isLate($0, in: commit) }
      for path in removed { try store.remove(path) }
      if !removed.isEmpty { try store.settle(folders(removed)) }
    }
    for file in commit.files {
      if try size(store, file.path) == file.bytes { continue }
      do throws(StoreError) {
        try store.reveal(file.name, bytes: file.bytes)
      } catch .absent {
        // Another writer may have finished the same commit at this moment.
        guard try size(store, file.path) == file.bytes else {
          throw .missingData(sequence: commit.sequence, file: file.path)
        }
      } catch {
        throw .store(error)
      }
      Failpoint.moving.reached()
    }
    let touched = folders(commit.files.map(\.path)) + folders(commit.files.map(\.staged))
    try CommitError.storing { () throws(StoreError) in try store.settle(touched) }
    try SnapshotFolders.turn(commit, store)
  }

  /// The folders that hold `paths`, each once.
  static func folders(_ paths: [String]) -> [String] {
    PathSet(paths.map { path in path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "" }).sorted
  }

  static func size(_ store: any ObjectStore, _ name: String) throws(CommitError) -> Int? {
    try CommitError.storing { () throws(StoreError) in try store.size(name) }
  }
}
