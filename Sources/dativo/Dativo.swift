import ArgumentParser
import JSON
import Supervisor
import Wire

@main
struct Dativo: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dativo",
    abstract: "Moves data from any tap, under a contract, into tables, exactly once.",
    discussion: """
      A job file names a source, contracts and a target; `dativo run` joins them as Unix pipes, \
      commits as it goes, and goes on from the last commit after any interruption.

      EXIT STATUS
        0    all went well
        1    done, but records were quarantined or broke a rule (run, quarantine replay)
        2    failed (run)
        64   the command line is wrong
        65   a file or a commit log is damaged (inspect, log, verify)
        70   a bug
        74   local input or output failed (disk full, no permission)
        75   another run of the job is under way: try later
        78   the configuration is wrong
        130  interrupted by SIGINT after a clean drain
        143  ended by SIGTERM after a clean drain
      """,
    version: "dativo 0.1.0",
    subcommands: [
      Init.self, Lint.self, Check.self, Discover.self, PlanCommand.self, Run.self,
      StateCommand.self, ContractCommand.self, QuarantineCommand.self, Schema.self, Inspect.self,
      Log.self, Verify.self,
      Compact.self,
    ]
  )

  /// Refuses a first word that is no command, which the parser would call an argument too many.
  private static func check(_ word: String) throws {
    let names = configuration.subcommands.map { $0._commandName } + ["help"]
    guard !word.hasPrefix("-"), !names.contains(word) else { return }
    let near = Nearest.name(to: word, among: names).map { " Did you mean \"\($0)\"?" }
    throw ValidationError("There is no command \"\(word)\".\(near ?? "")")
  }

  /// Runs the command; with `--json` a command line that is wrong has its one object too.
  static func main() {
    do {
      if let word = CommandLine.arguments.dropFirst().first { try check(word) }
      var command = try parseAsRoot()
      try command.run()
    } catch {
      let isUsage =
        exitCode(for: error) == .validationFailure && !(error is ArgumentParser.ExitCode)
      let words = CommandLine.arguments.dropFirst()
      if isUsage, words.contains("--json") {
        var answer = Answer(.null, text: nil, exit: exitCode(for: error).rawValue)
        answer.errors = [Finding(.error, message(for: error))]
        print(answer.envelope(words.first { !$0.hasPrefix("-") } ?? "dativo"))
      }
      exit(withError: error)
    }
  }
}
