import ArgumentParser
import Commits
import JSON
import Supervisor
import Wire

/// `dativo compact`.
struct Compact: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compact",
    abstract:
      "Merge the small files of a table into large ones; its rows stay, or the last of each key.",
    discussion: """
      Files of one partition with the same columns and metadata are merged, decoded and written anew with the codec and encodings that they have. \
      One commit removes the former files and makes the merged ones visible; STATE stays. A reader \
      that follows the log sees every row once; a glob may miss rows for a moment, but never sees \
      one twice; one over a table's link `current` (the target's "snapshots") misses none. On S3 there is no lock: a load at work meanwhile ends with 75 at its next commit, \
      and loses nothing.

      With --latest-by, of the rows with an equal key the one that was committed last stays; rows \
      with a null in the key all stay. Files \
      that lose a row are written anew, whatever their size; of keys, 1 as an integer and 1.0 are \
      one. It takes 32 to 64 bytes of memory for each key and a bit for each row. Rows whose order \
      is not known are told, and stay: where an earlier merge has lost it, and within one commit where \
      a key moved to another partition, or where rows are sorted by other columns than the key; each pipeline's rows are looked at on their own.

      EXIT STATUS
        0    merged, or there was nothing to merge
        64   the command line is wrong
        65   a file or the commit log is damaged; nothing was changed
        69   the service of the bucket cannot be reached
        74   local input or output failed
        75   a writer is at work, or a reset waits for its load: try later
         77   credentials are missing or were refused
         78   there is no commit log, or no such pipeline, table or column
      """
  )

  @Argument(help: "A destination: a folder or s3://bucket/prefix.")
  var place: String

  @Option(name: .long, help: "The table's folder.")
  var table: String

  @Option(name: .long, help: "Only files of this pipeline.")
  var pipeline: String?

  @Option(name: .long, help: "Bytes, also as 256MiB: smaller files are merged, about to this size.")
  var targetSize = "256MiB"

  @Option(name: .long, help: "Columns, with commas: only the last row of each key stays.")
  var latestBy: String?

  @OptionGroup var bucket: BucketOption

  @Flag(name: .long, help: "Print one JSON object.")
  var json = false

  func validate() throws {
    guard Self.bytes(targetSize) != nil else {
      throw ValidationError("--target-size is a number of bytes, or as 256MiB; not \(targetSize).")
    }
    guard !keys.contains("") else {
      throw ValidationError("--latest-by is one column or more, with commas: id,country.")
    }
  }

  func run() throws {
    try Answer.give("compact", json: json) {
      let root = try Destination(place, try bucket.access())
      guard root.table == nil else {
        throw Failure(
          .usage,
          "\(place) lies in the destination \(root.root)",
          hint: "`dativo compact \(root.root) --table \(root.table ?? "")`"
        )
      }
      let destination = root.narrowed(to: try folder(in: root))
      let names = try destination.histories(pipeline: pipeline).map(\.pipeline)
      var outcomes: [Compaction.Outcome] = []
      for name in names {
        let compaction = try Compaction(
          destination,
          pipeline: name,
          fileSize: Self.bytes(targetSize) ?? 0,
          latestBy: keys
        )
        outcomes.append(try compaction.run())
      }
      return Answer(
        ["table": .string(table), "pipelines": .array(outcomes.map(Self.json))],
        text: outcomes.map(text).joined(separator: "\n")
      )
    }
  }

  /// The folder of the table, which may be named by its stream.
  private func folder(in root: Destination) throws(Failure) -> String {
    let tables = Set(try root.histories(pipeline: pipeline).flatMap(\.tables))
    let folder = StreamFolder.name(for: table) { Digest.hex($0) } ?? table
    return !tables.contains(table) && tables.contains(folder) ? folder : table
  }

  private var keys: [String] {
    latestBy?.split(separator: ",", omittingEmptySubsequences: false).map(String.init) ?? []
  }

  private func text(_ outcome: Compaction.Outcome) -> String {
    let kept =
      outcome.undecided == 0
      ? "" : "\n\(outcome.undecided) rows stay beside others of their key: their order is not known"
    guard let sequence = outcome.sequence else {
      return "\(table): nothing to merge (pipeline \(outcome.pipeline))\(kept)"
    }
    let rows = Self.rows(outcome.after)
    let former = latestBy == nil ? "" : " of \(Self.rows(outcome.before))"
    return "\(table): \(Self.sum(outcome.before)) became \(Self.sum(outcome.after)), \(rows) rows"
      + "\(former), in commit \(sequence) of pipeline \(outcome.pipeline)\(kept)"
  }

  private static func rows(_ files: [Commit.File]) -> Int { files.reduce(0) { $0 + $1.rows } }

  private static func sum(_ files: [Commit.File]) -> String {
    "\(files.count) files of \(files.reduce(0) { $0 + $1.bytes }) bytes"
  }

  private static func json(_ outcome: Compaction.Outcome) -> JSONValue {
    func list(_ files: [Commit.File]) -> JSONValue { .array(files.map { .string($0.path) }) }
    func bytes(_ files: [Commit.File]) -> JSONValue {
      .number(JSONNumber(files.reduce(0) { $0 + $1.bytes }))
    }
    return [
      "pipeline": .string(outcome.pipeline),
      "sequence": outcome.sequence.map { .number(JSONNumber($0)) } ?? .null,
      "rows": .number(JSONNumber(rows(outcome.after))),
      "rows_before": .number(JSONNumber(rows(outcome.before))),
      "superseded": .number(JSONNumber(outcome.superseded)),
      "undecided": .number(JSONNumber(outcome.undecided)),
      "removed": list(outcome.before), "removed_bytes": bytes(outcome.before),
      "files": list(outcome.after), "bytes": bytes(outcome.after),
    ]
  }

  /// A number with or without a binary unit.
  private static func bytes(_ text: String) -> Int? {
    let units = [("KiB", 10), ("MiB", 20), ("GiB", 30)]
    for (unit, shift) in units where text.hasSuffix(unit) {
      guard let number = Int(text.dropLast(3)), (1...1 << 20).contains(number) else { return nil }
      return number << shift
    }
    return Int(text).flatMap { $0 > 0 ? $0 : nil }
  }
}
