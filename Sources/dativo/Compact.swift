import ArgumentParser
import Commits
import JSON
import Supervisor
import Wire

/// `dativo compact`.
struct Compact: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compact",
    abstract: "Merge the small files of a table into large ones; its rows stay the same.",
    discussion: """
      For append-only tables on the local disk. Files of one partition with the same columns and \
      metadata are merged, decoded and written anew with the codec and encodings that they have. \
      One commit removes the former files and makes the merged ones visible; STATE stays. A reader \
      that follows the log sees every row once; a glob may miss rows for a moment, but never sees \
      one twice.

      EXIT STATUS
        0    merged, or there was nothing to merge
        64   the command line is wrong
        65   a file or the commit log is damaged; nothing was changed
        74   local input or output failed
        75   a writer is at work, or a reset waits for its load: try later
        78   there is no commit log, or no such pipeline or table
      """
  )

  @Argument(help: "A destination.")
  var place: String

  @Option(name: .long, help: "The table's folder.")
  var table: String

  @Option(name: .long, help: "Only files of this pipeline.")
  var pipeline: String?

  @Option(name: .long, help: "Bytes, also as 256MiB: smaller files are merged, about to this size.")
  var targetSize = "256MiB"

  @Flag(name: .long, help: "Print one JSON object.")
  var json = false

  func validate() throws {
    guard Self.bytes(targetSize) != nil else {
      throw ValidationError("--target-size is a number of bytes, or as 256MiB; not \(targetSize).")
    }
  }

  func run() throws {
    try Answer.give("compact", json: json) {
      let root = try Destination(place)
      guard root.table == nil else {
        throw Failure(
          .usage,
          "\(place) lies in the destination \(root.root)",
          hint: "`dativo compact \(root.root) --table \(root.table ?? "")`"
        )
      }
      let destination = root.narrowed(to: table)
      let names = try destination.histories(pipeline: pipeline).map(\.pipeline)
      try destination.checkAppendOnly()
      var outcomes: [Compaction.Outcome] = []
      for name in names {
        let compaction = try Compaction(
          destination,
          pipeline: name,
          fileSize: Self.bytes(targetSize) ?? 0
        )
        outcomes.append(try compaction.run())
      }
      return Answer(
        ["table": .string(table), "pipelines": .array(outcomes.map(Self.json))],
        text: outcomes.map(text).joined(separator: "\n")
      )
    }
  }

  private func text(_ outcome: Compaction.Outcome) -> String {
    guard let sequence = outcome.sequence else {
      return "\(table): nothing to merge (pipeline \(outcome.pipeline))"
    }
    let rows = outcome.after.reduce(0) { $0 + $1.rows }
    return "\(table): \(Self.sum(outcome.before)) became \(Self.sum(outcome.after)), \(rows) rows, "
      + "in commit \(sequence) of pipeline \(outcome.pipeline)"
  }

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
      "rows": .number(JSONNumber(outcome.after.reduce(0) { $0 + $1.rows })),
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
