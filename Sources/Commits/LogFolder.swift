internal import Storage

/// The names of a pipeline's log at its destination.
package struct LogFolder: Sendable {
  /// The pipeline.
  package let pipeline: String

  package init(_ pipeline: String) { self.pipeline = pipeline }

  /// The folder that holds everything below.
  package var path: String { "_dativo/\(pipeline)" }
  /// Held by the one writer of this machine.
  package var lock: String { "\(path)/lock" }
  /// One object for each commit.
  package var commits: String { "\(path)/commits" }
  /// One object for every hundred commits.
  package var snapshots: String { "\(path)/snapshots" }
  /// One folder for each epoch, with the data files that no reader sees yet.
  package var staging: String { "\(path)/staging" }
  /// Objects that have no name yet; the next writer clears it away.
  package var drafts: String { "\(staging)/drafts" }

  func commit(_ sequence: Int) -> String { "\(commits)/\(Self.number(sequence, 12)).json" }
  func snapshot(_ sequence: Int) -> String { "\(snapshots)/\(Self.number(sequence, 12)).json" }
  func staging(_ epoch: Int) -> String { "\(staging)/\(epoch)" }

  /// The name of a commit's data file, the `part`-th in its folder; no other file ever has it.
  package func dataFile(_ sequence: Int, part: Int) -> String {
    "\(pipeline)-\(Self.number(sequence, 12))-\(Self.number(part, 5)).parquet"
  }

  /// The sequences of the objects in a folder of the log, in order.
  static func sequences(
    _ store: any ObjectStore,
    _ folder: String
  ) throws(StoreError) -> [Int] {
    try store.list(folder).compactMap { name in
      name.hasSuffix(".json") ? Int(name.dropLast(5)) : nil
    }.sorted()
  }

  /// A number in so many digits, so that names sort as numbers do.
  private static func number(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }
}
