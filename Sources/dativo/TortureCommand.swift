import ArgumentParser
import JSON
import Supervisor
import Wire

/// `dativo torture`.
struct TortureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "torture",
    abstract: "Kill a job's processes again and again, and prove that no row is lost or doubled.",
    discussion: """
      The job runs into a scratch folder, never into its destination; its own state and quarantine \
      are left alone. It is run once undisturbed. Then, each time into an empty folder, the target is \
      killed (SIGKILL) at one step of a commit, and the run goes on; then tap, middle stage, target \
      or dativo itself at random moments, up to three times in a row. After every kill and at the end \
      the rows that a plain reader of the files sees are compared with those of the undisturbed run.

      Of a job in parts all are run as they are, and killed: each step hits the target of every part, a \
      random moment one process. Parts that are through are not begun again.

      The source must give the same rows each time. The whole job is loaded about 20 + KILLS times. A \
      kill that comes when all rows are committed already is counted, and the run is not begun again.

      EXIT STATUS
        0    killed, and nothing lost or doubled
        1    rows were lost or doubled, or nothing could be killed
        64   the command line is wrong
        78   the job is wrong, or its target does not commit state with its rows
        130  interrupted by SIGINT, 143 by SIGTERM: nothing is proven
        n    the job does not come to its end by itself
      """
  )

  @Argument(help: "The job file.")
  var job: String

  @Option(name: .long, help: "Kills at random moments.")
  var kills = 20

  @Option(name: .long, help: "A number that repeats the random moments.")
  var seed: UInt64?

  @Option(name: .long, help: "An empty folder for the scratch destinations, which stays.")
  var folder: String?

  @Flag(name: .long, help: "Print one JSON object.")
  var json = false

  func validate() throws {
    guard kills >= 0 else { throw ValidationError("--kills must be 0 or more.") }
  }

  func run() throws {
    try Answer.give("torture", json: json) {
      let (job, warnings) = try Job.load(job)
      let console = Console(showsProgress: false)
      let torture = try Torture(
        job,
        seed: seed ?? UInt64.random(in: 0...UInt64(UInt32.max)),
        rows: ParquetRows.each
      ) { console.show($0) }
      let place = try ScratchPlace(folder)
      defer { place.remove() }
      let report = try torture.run(in: place.path, moments: kills)
      if !report.isProof { place.keep() }
      let answer = Answer(
        report.json,
        text: report.text,
        summary: report.verdict,
        exit: report.isProof ? 0 : 1,
        warnings: warnings
      )
      return report.isProof ? answer : answer.failed(report.verdict)
    }
  }
}

extension TortureReport {
  /// What it proves, in a line.
  fileprivate var verdict: String {
    "\(kills) kills, \(Figures.rows(lost)) lost, \(Figures.count(doubled)) doubled"
  }

  /// The table of the proof.
  var text: String {
    var table = [["killed", "kills", "too late", "rows lost", "rows doubled"]]
    table += lines.map { line in
      [line.name, "\(line.kills)", "\(line.missed)", "\(line.lost)", "\(line.doubled)"]
    }
    table.append(["in all", "\(kills)", "", "\(lost)", "\(doubled)"])
    let tables = rows.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    var lines = TextTable.lines(table)
    lines.append("")
    lines.append(
      "rows: \(tables.joined(separator: ", ")); \(runs) runs, \(commits) commits, seed \(seed)"
    )
    if let folder { lines.append("What went wrong is in \(folder).") }
    return lines.joined(separator: "\n")
  }
}
