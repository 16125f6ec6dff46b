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
      Init.self, Lint.self, Check.self, Discover.self, SelectCommand.self, PlanCommand.self,
      PreviewCommand.self,
      Run.self, BackfillCommand.self, RunsCommand.self, StateCommand.self, ContractCommand.self,
      QuarantineCommand.self, PluginsCommand.self, ImportCommand.self, Schema.self, Inspect.self,
      Log.self, Verify.self, Compact.self, TortureCommand.self, TopCommand.self, PeekCommand.self,
      SecretsCommand.self, DoctorCommand.self, SupportBundleCommand.self, CompletionsCommand.self,
      ManCommand.self,
    ]
  )

  /// Refuses a word that is no command, which the parser would call an argument too many.
  ///
  /// The second word, too, where the first is a group's.
  private static func check(
    _ words: ArraySlice<String>,
    of commands: [any ParsableCommand.Type] = configuration.subcommands
  ) throws {
    guard let word = words.first, !word.hasPrefix("-"), !commands.isEmpty else { return }
    if let command = commands.first(where: { $0._commandName == word }) {
      // What follows a group with a default command may be that one's argument.
      guard command.configuration.defaultSubcommand == nil else { return }
      return try check(words.dropFirst(), of: command.configuration.subcommands)
    }
    let names = commands.map { $0._commandName } + ["help"]
    guard !names.contains(word) else { return }
    let near = Nearest.name(to: word, among: names).map { " Did you mean \"\($0)\"?" }
    throw ValidationError("There is no command \"\(word)\".\(near ?? "")")
  }

  /// Runs the command; with `--json` a command line that is wrong has its one object too.
  static func main() {
    do {
      try check(CommandLine.arguments.dropFirst())
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
