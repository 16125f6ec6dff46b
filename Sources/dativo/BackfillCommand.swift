import ArgumentParser
import JSON
import Supervisor
import Wire

/// `dativo backfill`.
struct BackfillCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backfill",
    abstract: "Load a past time again or for the first time, window by window.",
    discussion: """
      The tap is told each window by its own settings (start_date, end_date). The rows of a window \
      are one commit, beside those that are there; the job's own state stays as it is. The same \
      command goes on after an interruption, a failure or a kill: what the destination has of the \
      windows is not loaded again. So are windows of an earlier backfill that are the same, with the \
      same --select; those that overlap what one has loaded are refused, for rows would come twice.

      EXIT STATUS
        0    every window is loaded
        1    every window is loaded, but records were quarantined
        2    windows have failed
        64   the command line is wrong
        75   the same job is being backfilled
        78   the job file is wrong, the tap cannot be told a window, or a window overlaps one that an
             earlier backfill has loaded
        130  interrupted by SIGINT, 143 by SIGTERM
      """
  )

  @Argument(help: "The job file.")
  var job: String

  @Option(name: .long, help: "The beginning: 2026-01-01 or 2026-01-01T12:00:00Z.")
  var from: String?

  @Option(name: .long, help: "The end, which is not loaded itself.")
  var to: String?

  @Option(name: .long, help: "The length of the windows: 30m, 6h, 1d, 1w or 1mo.")
  var window = "1d"

  @Option(name: .long, help: "So many windows side by side; needs tables that are shared.")
  var parallel = 1

  @Option(name: .long, help: "Only what matches, in place of the job's \"select\": orders.*")
  var select: [String] = []

  @Option(name: .long, help: "Seconds that a window waits for another run of the job to end.")
  var wait = 600.0

  @Flag(help: "Go on where the same command came to (the default), or load every window again.")
  var beginning = Beginning.resume

  enum Beginning: EnumerableFlag { case resume, restart }

  @Flag(name: .long, help: "Show the job's backfills and how far they are; load nothing.")
  var list = false

  @Flag(name: .long, help: "Print one JSON object.")
  var json = false

  func validate() throws {
    guard !list else { return }
    guard let from, let to else {
      throw ValidationError("--from and --to are needed, or --list.")
    }
    guard try Run.instant(from, "--from") < Run.instant(to, "--to") else {
      throw ValidationError("--from must be before --to.")
    }
    guard WindowLength(window) != nil else {
      throw ValidationError("--window takes 30m, 6h, 1d, 1w or 1mo, not \"\(window)\".")
    }
    guard parallel >= 1 else { throw ValidationError("--parallel takes a number above 0.") }
    guard wait >= 0, wait < 1e9 else { throw ValidationError("--wait takes seconds.") }
  }

  func run() throws {
    try Answer.give("backfill", json: json) {
      let (job, warnings) = try Job.load(job)
      guard !list, let from, let to else { return try listing(job, warnings) }
      let console = Console(showsProgress: false)
      let runner = try BackfillRunner(
        job,
        Backfill.Request(
          from: try Run.instant(from, "--from"),
          to: try Run.instant(to, "--to"),
          length: window,
          select: select
        ),
        restarts: beginning == .restart,
        wait: wait,
        console: console
      )
      try runner.run(parallel: parallel)
      let backfill = runner.backfill
      var answer = Answer(
        backfill.json,
        text: ([Self.summary(backfill)] + Self.open(backfill)).joined(separator: "\n"),
        exit: runner.exit,
        warnings: warnings + runner.warnings.map { Finding(.warning, $0) }
      )
      answer.errors = backfill.units.filter { $0.status == .failed }.map {
        Finding(.error, "\($0.name): \($0.error ?? "failed")")
      }
      return answer
    }
  }

  private func listing(_ job: Job, _ warnings: [Finding]) throws -> Answer {
    let all = try Backfill.all(job)
    let isUnderWay = Backfill.isUnderWay(job)
    let lines = all.flatMap { [Self.summary($0)] + Self.open($0, isUnderWay: isUnderWay) }
    return Answer(
      ["backfills": .array(all.map(\.json))],
      text: all.isEmpty ? "The job has no backfills." : lines.joined(separator: "\n"),
      warnings: warnings
    )
  }

  private static func summary(_ backfill: Backfill) -> String {
    let request = backfill.request
    var text = "\(backfill.job) from \(request.from.short) to \(request.to.short) "
    text += "by \(request.length): "
    text += "\(backfill.count(.done)) of \(backfill.units.count) windows loaded, "
    text += "\(Figures.rows(backfill.rows)) committed"
    if backfill.quarantined > 0 { text += ", \(Figures.count(backfill.quarantined)) quarantined" }
    return text
  }

  /// The windows that are not loaded, those that failed with their reasons.
  private static func open(_ backfill: Backfill, isUnderWay: Bool = false) -> [String] {
    let open = backfill.units.filter { $0.status != .done }
    let shown = open.prefix(20).map { unit -> String in
      let isLost = unit.status == .running && !isUnderWay
      return "  \(unit.name): \(isLost ? "begun, its end is not known" : unit.status.rawValue)"
        + (unit.error.map { ": \($0)" } ?? "")
    }
    return shown + (open.count > 20 ? ["  and \(open.count - 20) more"] : [])
  }
}
