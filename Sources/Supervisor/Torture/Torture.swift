internal import Children
internal import Commits
internal import JSON
internal import Posix
internal import Storage
package import Wire

/// Proves on the user's own job that nothing is lost or doubled: runs it into a scratch destination,
/// kills its processes at every step of a commit and at random moments, lets it go on, and compares
/// the rows with those of a run that nobody disturbed.
///
/// It takes the process's signals over: one ends the run under way, and then the whole.
package final class Torture {
  private let job: Job
  private let program: String
  private var root = ""
  private let inbox: SignalInbox
  private let rows: ContractTest.Rows
  private let tell: (String) -> Void
  private var dice: Dice
  private var report: TortureReport

  /// A small generator that a seed repeats (SplitMix64).
  private struct Dice: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }

  /// Steps that a run passes more than once are killed at the first and at a later time.
  private static let steps = Failpoint.allCases.map(\.rawValue).filter { $0 != "log.folded" }

  /// `rows` reads a Parquet file; `tell` gets a line for each step of the way.
  package init(
    _ job: Job,
    seed: UInt64,
    rows: @escaping ContractTest.Rows,
    tell: @escaping (String) -> Void
  ) throws(Failure) {
    let target = try PluginCatalog(project: job.folder).connector(job.target, .target)
    guard target.commitsState else {
      throw Failure(
        .configuration,
        "\(target.name) does not commit STATE with its rows: after a kill rows come twice",
        hint: "Torture is for targets of ours, such as `target: parquet`."
      )
    }
    guard let program = Executable.own else { throw Failure(.bug, "/proc/self/exe cannot be read") }
    self.job = job
    self.program = program
    self.rows = rows
    self.tell = tell
    dice = Dice(state: seed)
    report = TortureReport(job: "\(job.tenant).\(job.name)", seed: seed)
    do throws(PosixError) {
      inbox = try SignalInbox()
    } catch {
      throw Failure(.io, "signals cannot be received: \(error)")
    }
  }

  /// Does all of it in `folder`: each step once, then `moments` kills at random moments.
  package func run(
    in folder: String,
    moments: Int
  ) throws(Failure) -> TortureReport {
    root = folder
    let began = Clock.monotonic
    let whole = try reference()
    for step in Self.steps {
      try round([(step, .step(step, time: 1))], whole)
    }
    // As many kills in a row as a run may meet before it is through.
    var left = moments
    while left > 0 {
      let count = min(left, Int.random(in: 1...3, using: &dice))
      left -= count
      let kills = (0..<count).map { _ -> (String, Victim.Kill) in
        let role = Victim.roles[Int.random(in: 0..<Victim.roles.count, using: &dice)]
        let time = Double.random(in: 0...longest, using: &dice)
        return ("\(role), at random", .moment(time, role: role))
      }
      try round(kills, whole)
    }
    report.seconds = Double(Clock.monotonic - began) / 1e9
    return report
  }

  /// How long the undisturbed run took.
  private var longest = 0.0

  /// How many rows each part of a job in parts had committed then.
  private var partRows: [String: Int] = [:]

  private func reference() throws(Failure) -> RowBag {
    tell("a run that nobody disturbs")
    let began = Clock.monotonic
    let folder = "\(root)/reference"
    let end = try victim(folder).run(.never, inbox)
    longest = Double(Clock.monotonic - began) / 1e9
    report.runs += 1
    try check(end)
    let bag = try RowBag("\(folder)/out", rows)
    report.rows = bag.counts
    if job.isDivided { partRows = try visibleRows(folder, end.parts) }
    return bag
  }

  /// The rows in each part's commits whose files can be seen.
  private func visibleRows(_ folder: String, _ names: [String]) throws(Failure) -> [String: Int] {
    let job = job.redirected(to: folder)
    var rows: [String: Int] = [:]
    for name in names {
      let one = job.divided(Job.Part(stream: name, catalog: nil))
      let pipeline = one.target.config["pipeline"]?.string ?? one.pipeline
      let files = try one.commits(after: 0, pipeline)?.flatMap(\.files) ?? []
      let visible = files.filter { Paths.exists("\(folder)/out/\($0.path)") }
      rows[name] = visible.reduce(0) { $0 + $1.rows }
    }
    return rows
  }

  /// The parts that have rows to load still, of a job in parts.
  ///
  /// Those that are through are not begun again, as little as a whole job that is.
  private func open(_ folder: String) throws(Failure) -> [String] {
    let now = try visibleRows(folder, partRows.keys.sorted())
    return partRows.keys.sorted().filter { now[$0, default: 0] < partRows[$0, default: 0] }
  }

  private func victim(_ folder: String) -> Victim {
    Victim(job: job.file, folder: folder, program: program, isDivided: job.isDivided)
  }

  /// Some kills in a row against one destination, then a run to the end.
  private func round(
    _ kills: [(name: String, kill: Victim.Kill)],
    _ whole: RowBag
  ) throws(Failure) {
    let folder = "\(root)/tortured-\(report.runs)"
    let victim = victim(folder)
    var isThrough = false
    var bag = RowBag()
    for (name, kill) in kills where !isThrough {
      let end = try victim.run(kill, inbox, parts: try open(folder))
      report.runs += 1
      report.note(name) { if end.wasKilled { $0.kills += 1 } else { $0.missed += 1 } }
      // What a reader sees in between has no row twice.
      bag = try RowBag("\(folder)/out", rows)
      let (lost, doubled) = bag.compared(to: whole)
      report.note(name) { $0.doubled += doubled }
      // Where all is committed the run is not begun again: a source without a bookmark would load
      // everything anew, as it would after a run that nobody killed.
      isThrough = lost == 0
    }
    if !isThrough {
      let end = try victim.run(.never, inbox, parts: try open(folder))
      report.runs += 1
      try check(end)
      bag = try RowBag("\(folder)/out", rows)
      for record in end.records {
        report.commits += Int(record["state"]?["sequence"]?.number?.int64 ?? 0)
      }
    }
    let (lost, doubled) = bag.compared(to: whole)
    let place = kills[kills.count - 1].name
    report.note(place) { line in
      line.lost += lost
      if !isThrough { line.doubled += doubled }
    }
    let names = kills.map(\.name).joined(separator: ", ")
    tell("\(names): \(lost) lost, \(doubled) doubled")
    // What went wrong stays to be looked at.
    if lost + doubled == 0 { Files.remove(folder) } else { report.folder = root }
  }

  /// A run that nobody disturbs must come to its end.
  private func check(_ end: Victim.End) throws(Failure) {
    guard end.isDone else {
      throw Failure(
        .plugin(end.exit.shellCode),
        "the job does not come to its end by itself: `dativo run` ended with \(end.exit.shellCode)",
        hint: end.lines.last { $0.contains("error: ") } ?? end.lines.last { !$0.isEmpty }
      )
    }
  }
}
