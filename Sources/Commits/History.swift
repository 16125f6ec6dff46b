internal import JSON
package import Storage

/// The whole log of one pipeline, as far as it can be read, with what is wrong with it.
package struct History: Sendable {
  package let pipeline: String
  /// The commits in order; those that cannot be read left out.
  package private(set) var commits: [CommitLog.Entry] = []
  package private(set) var problems: [Problem] = []

  /// The pipelines that have a log in the store, by name.
  package static func pipelines(_ store: any ObjectStore) throws(CommitError) -> [String] {
    do throws(StoreError) {
      var names: [String] = []
      for name in try store.list("_dativo") where name != "tables" {
        if try !store.list(LogFolder(name).commits).isEmpty { names.append(name) }
      }
      return names
    } catch {
      throw .store(error)
    }
  }

  /// Reads every commit object and holds each against the one before it.
  package init(_ store: any ObjectStore, _ pipeline: String) throws(CommitError) {
    self.pipeline = pipeline
    let folder = LogFolder(pipeline)
    let sequences: [Int]
    do throws(StoreError) {
      sequences = try LogFolder.sequences(store, folder.commits).filter { $0 > 0 }
    } catch {
      throw .store(error)
    }
    // The hash that the next commit must name; nil where its predecessor cannot be read.
    var hash: String? = ""
    var expected = 1
    for sequence in sequences {
      if sequence != expected {
        note(.missingCommit, expected)
        hash = nil
      }
      expected = sequence &+ 1
      let entry = try read(Reading(store, folder), sequence)
      if let entry {
        if let hash, entry.commit.previous != hash { note(.brokenChain, sequence) }
        commits.append(entry)
      }
      hash = entry?.hash
    }
    try checkSnapshot(store, folder)
  }

  /// The files that the log made visible and did not remove, in order.
  package var visible: [Snapshot.Entry] {
    let removed = PathSet(commits.flatMap(\.commit.removed))
    return commits.flatMap { entry in
      entry.commit.files.map { (entry.commit.sequence, $0) }
    }.filter { !removed.contains($0.1.path) }
  }

  /// The folders of all tables that the log names.
  package var tables: [String] {
    var folders: Set<String> = []
    for entry in commits {
      for file in entry.commit.files {
        folders.insert(String(file.path.prefix { $0 != "/" }))
      }
      for table in entry.commit.tables.members {
        if let folder = table.value["folder"]?.string { folders.insert(folder) }
      }
    }
    return folders.sorted()
  }

  private mutating func read(
    _ reading: Reading,
    _ sequence: Int
  ) throws(CommitError) -> CommitLog.Entry? {
    do throws(CommitError) {
      if let entry = try reading.commit(sequence) { return entry }
      note(.missingCommit, sequence)
    } catch .malformed {
      note(.malformedCommit, sequence)
    } catch {
      throw error
    }
    return nil
  }

  /// Holds the newest snapshot against the commit that it ends with.
  private mutating func checkSnapshot(
    _ store: any ObjectStore,
    _ folder: LogFolder
  ) throws(CommitError) {
    let sequence = try Reading(store, folder).lastSnapshot()
    guard sequence > 0 else { return }
    let subject = folder.snapshot(sequence)
    let hint = "Restore \(folder.path) from a backup: writers begin from it."
    do throws(CommitError) {
      let hash = try Snapshot.read(store, folder, sequence).hash
      let commit = commits.first { $0.commit.sequence == sequence }
      guard let commit, commit.hash != hash else { return }
      let message = "the snapshot was made of another commit \(sequence)"
      problems.append(Problem(kind: .wrongSnapshot, subject: subject, message: message, hint: hint))
    } catch .malformed {
      let message = "the snapshot is not what a commit log holds"
      problems.append(Problem(kind: .wrongSnapshot, subject: subject, message: message, hint: hint))
    } catch {
      throw error
    }
  }

  private mutating func note(_ kind: Problem.Kind, _ sequence: Int) {
    let folder = LogFolder(pipeline)
    let message =
      switch kind {
      case .missingCommit: "commit \(sequence) is missing, though later ones are there"
      case .malformedCommit: "commit \(sequence) is not what a commit log holds"
      default: "commit \(sequence) does not follow commit \(sequence - 1): one of them was changed"
      }
    problems.append(
      Problem(
        kind: kind,
        subject: folder.commit(sequence),
        message: message,
        hint: "Restore \(folder.commits) from a backup."
      )
    )
  }
}
