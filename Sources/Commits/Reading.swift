internal import JSON
internal import Storage

/// Reads a log: commits by number, the newest, and the links between them.
struct Reading {
  let store: any ObjectStore
  let folder: LogFolder

  init(_ store: any ObjectStore, _ folder: LogFolder) {
    self.store = store
    self.folder = folder
  }

  /// The commit of a sequence; nil if there is none.
  func commit(_ sequence: Int) throws(CommitError) -> CommitLog.Entry? {
    let name = folder.commit(sequence)
    guard let bytes = try CommitError.storing({ () throws(StoreError) in try store.read(name) })
    else {
      return nil
    }
    guard
      let commit = (try? JSONValue.parse(bytes, depthLimit: JSONScanner.storedDepthLimit)).flatMap(
        Commit.init
      ),
      commit.sequence == sequence
    else { throw .malformed(name) }
    return (commit, Digest.hex(bytes))
  }

  /// The newest commit, which must follow the one before it; nil in an empty log.
  func newest() throws(CommitError) -> CommitLog.Entry? {
    let sequence = try newestSequence()
    guard sequence > 0 else { return nil }
    guard let newest = try commit(sequence) else { throw .malformed(folder.commit(sequence)) }
    let before = sequence > 1 ? try commit(sequence - 1)?.hash : ""
    guard newest.commit.previous == before else { throw .broken(sequence: sequence) }
    return newest
  }

  /// Up to where the log is folded; 0 without a snapshot.
  func lastSnapshot() throws(CommitError) -> Int {
    let folder = folder.snapshots
    return try CommitError.storing { () throws(StoreError) in
      try LogFolder.sequences(store, folder).last ?? 0
    }
  }

  /// Sequences have no gaps, so that from a snapshot on it is enough to ask for one after another;
  /// without one the folder is still small enough to be listed.
  private func newestSequence() throws(CommitError) -> Int {
    var sequence = try lastSnapshot()
    let folder = folder
    return try CommitError.storing { () throws(StoreError) in
      guard sequence > 0 else {
        return try LogFolder.sequences(store, folder.commits).last ?? 0
      }
      while try store.size(folder.commit(sequence + 1)) != nil { sequence += 1 }
      return sequence
    }
  }
}
