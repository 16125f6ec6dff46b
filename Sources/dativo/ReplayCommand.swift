import ArgumentParser
import JSON
import Supervisor
import Wire

extension QuarantineCommand {
  /// `dativo quarantine replay`.
  struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "replay",
      abstract: "Send records that wait through the same contract and target once more.",
      discussion: """
        Those that pass are committed, all in one commit that leaves the state as it is, and wait no \
        more; a replay that is killed and begun anew loads none of them twice. With a target of \
        somebody else it may. Those that still break a rule wait on, with the rules that they break \
        now.

        EXIT STATUS
          0    all were replayed; nothing waiting is also well
          1    some still break a rule
          64   the command line is wrong
          65   the repair is not usable
          75   a run of the job is under way, or a stage failed: try again
          78   the job file is wrong, or the table is one that each load replaces
        """
    )

    @Argument(help: "The job file.")
    var job: String

    @Option(name: .customLong("run"), help: "Only records of this run.")
    var only: String?

    @Option(name: .long, help: "Only records of this stream.")
    var stream: String?

    @Option(name: .long, help: "The stream, of a job that runs in parts.")
    var part: String?

    @Option(
      name: .long,
      help: "Send only the records in FILE, as they are there: an edited copy of their lines."
    )
    var repair: String?

    @Option(name: .long, help: "Send them through a shell command that edits the lines.")
    var with: String?

    @Flag(name: .long, help: "Load nothing: only tell how many would pass.")
    var dryRun = false

    @Flag(name: .long, help: "Print one JSON object.")
    var json = false

    func validate() throws {
      if repair != nil, with != nil {
        throw ValidationError("--repair and --with exclude each other.")
      }
    }

    func run() throws {
      try Answer.give("quarantine replay", json: json) {
        let (job, warnings) = try Job.load(job, part: part)
        let replay = try Replay(job, console: Console(showsProgress: false))
        let outcome = try replay.perform(
          Replay.Request(
            QuarantineFilter(run: only, stream: stream),
            repair: repair,
            command: with,
            isTrial: dryRun
          )
        )
        var answer = Answer(
          outcome.json,
          text: outcome.text,
          exit: outcome.exit,
          warnings: warnings
        )
        if !outcome.isExact, outcome.sent > 0, !dryRun {
          answer.warnings.append(
            Finding(
              .warning,
              "the target keeps no state: a replay that is killed may load them twice"
            )
          )
        }
        return answer
      }
    }
  }
}
