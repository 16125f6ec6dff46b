internal import JSON
package import Storage

/// A stretch of the log folded into one object, `snapshots/<last sequence>.json`: what stands
/// after it, and every file that it made visible.
///
/// Commit objects are kept, so that a writer which slept through a hundred commits still finds its
/// sequence taken.
package struct Snapshot: Sendable {
  /// A file with the commit that made it visible.
  package typealias Entry = (sequence: Int, file: Commit.File)

  let sequence: Int
  /// The sequence of the snapshot before; 0 for the first.
  let previous: Int
  /// The SHA-256 of the last commit folded.
  let hash: String
  package let files: [Entry]
  /// Files of earlier snapshots that were removed since.
  let removed: [String]

  /// Every file that the log made visible and did not remove, in order; the chain of commits is
  /// held against its hashes on the way.
  package static func allFiles(
    _ store: any ObjectStore,
    _ pipeline: String
  ) throws(CommitError) -> [Entry] {
    let folder = LogFolder(pipeline)
    let reading = Reading(store, folder)
    let last = try reading.lastSnapshot()
    var files: [Entry] = []
    var removed: PathSet = []
    var hash = ""
    var place = last
    while place > 0 {
      let snapshot = try read(store, folder, place)
      if place == last { hash = snapshot.hash }
      files = snapshot.files + files
      removed.insert(snapshot.removed)
      place = snapshot.previous
    }
    let new = try entries(reading, after: last, hash: &hash, upTo: Int.max)
    removed.insert(new.removed)
    return (files + new.files).filter { !removed.contains($0.file.path) }
  }

  /// Folds the commits `after` some sequence up to another.
  static func write(
    _ store: any ObjectStore,
    _ folder: LogFolder,
    upTo sequence: Int,
    after previous: Int
  ) throws(CommitError) {
    let reading = Reading(store, folder)
    var hash = previous > 0 ? try read(store, folder, previous).hash : ""
    let (files, removed) = try entries(reading, after: previous, hash: &hash, upTo: sequence)
    guard let last = try reading.commit(sequence)?.commit else {
      throw .malformed(folder.commit(sequence))
    }
    var object = JSONObject()
    object["format"] = 1
    object["sequence"] = .number(JSONNumber(sequence))
    object["previous"] = .number(JSONNumber(previous))
    object["hash"] = .string(hash)
    object["epoch"] = .number(JSONNumber(last.epoch))
    if let source = last.source { object["source"] = .string(source) }
    if let state = last.state { object["state"] = state }
    object["tables"] = .object(last.tables)
    object["files"] = .array(
      files.map { entry in
        var file = entry.file.json.object ?? JSONObject()
        file["sequence"] = .number(JSONNumber(entry.sequence))
        return .object(file)
      }
    )
    if !removed.isEmpty { object["removed"] = .array(removed.map { .string($0) }) }
    do throws(StoreError) {
      try store.create(folder.snapshot(sequence), Array(JSONValue.object(object).encoded().utf8))
    } catch .exists {
      // Whoever folded the same commits wrote the same.
      return
    } catch {
      throw .store(error)
    }
  }

  static func read(
    _ store: any ObjectStore,
    _ folder: LogFolder,
    _ sequence: Int
  ) throws(CommitError) -> Snapshot {
    let name = folder.snapshot(sequence)
    let bytes: [UInt8]?
    do throws(StoreError) {
      bytes = try store.read(name)
    } catch {
      throw .store(error)
    }
    guard
      let value = bytes.flatMap({
        try? JSONValue.parse($0, depthLimit: JSONScanner.storedDepthLimit)
      }),
      value["format"]?.number?.int64 == 1, let previous = value["previous"]?.number?.int64,
      previous < sequence, let hash = value["hash"]?.string, let list = value["files"]?.array
    else { throw .malformed(name) }
    var files: [Entry] = []
    for item in list {
      guard let number = item["sequence"]?.number?.int64, let file = Commit.File(item) else {
        throw .malformed(name)
      }
      files.append((Int(number), file))
    }
    return Snapshot(
      sequence: sequence,
      previous: Int(previous),
      hash: hash,
      files: files,
      removed: (value["removed"]?.array ?? []).compactMap(\.string)
    )
  }

  /// The files of the commits after `sequence`, and those that they removed; `hash` is that of its
  /// object, then of the last.
  private static func entries(
    _ reading: Reading,
    after sequence: Int,
    hash: inout String,
    upTo end: Int
  ) throws(CommitError) -> (files: [Entry], removed: [String]) {
    var files: [Entry] = []
    var removed: [String] = []
    var number = sequence
    while number < end, let entry = try reading.commit(number + 1) {
      number += 1
      guard entry.commit.previous == hash else { throw .broken(sequence: number) }
      hash = entry.hash
      files += entry.commit.files.map { (number, $0) }
      removed += entry.commit.removed
    }
    return (files, removed)
  }
}
