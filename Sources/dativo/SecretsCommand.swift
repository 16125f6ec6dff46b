import ArgumentParser
import JSON
import Supervisor

/// `dativo secrets`.
struct SecretsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "secrets",
    abstract: "Show which secrets a job needs, where each comes from, and whether it is there.",
    discussion: "No value is ever shown.",
    subcommands: [ListSecrets.self, CheckSecrets.self, ExplainSecrets.self]
  )
}

/// `dativo secrets list`.
private struct ListSecrets: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Show the references of a job to secrets; nothing is asked.",
    discussion: """
      EXIT STATUS
        0    the references are shown
        64   the command line is wrong
        78   the job file is wrong
      """
  )

  @OptionGroup var subject: SecretsSubject

  func run() throws {
    try subject.answer("secrets list", asks: false, text: \.text)
  }
}

/// `dativo secrets check`.
private struct CheckSecrets: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Ask for every secret of a job, as a run would.",
    discussion: """
      EXIT STATUS
        0    every secret is there
        1    one is not, or it is refused
        64   the command line is wrong
        78   the job file is wrong
      """
  )

  @OptionGroup var subject: SecretsSubject

  func run() throws {
    try subject.answer("secrets check", asks: true, text: \.text)
  }
}

/// `dativo secrets explain`.
private struct ExplainSecrets: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Show where each secret of a job is sought, in order, and where it was found.",
    discussion: """
      A tenant's own secrets go before those of all tenants.

      EXIT STATUS
        0    every secret is there
        1    one is not, or it is refused
        64   the command line is wrong
        78   the job file is wrong
      """
  )

  @OptionGroup var subject: SecretsSubject

  func run() throws {
    try subject.answer("secrets explain", asks: true, text: \.explanation)
  }
}

/// The job, and how to tell.
struct SecretsSubject: ParsableArguments {
  @Argument(help: "The job file.")
  var job: String

  @Flag(name: .long, help: "Print one JSON object.")
  var json = false

  fileprivate func answer(
    _ command: String,
    asks: Bool,
    text: (SecretReport) -> String
  ) throws {
    try Answer.give(command, json: json) {
      let file = JobFile.read(job)
      guard let job = file.job else { throw Findings(file.findings) }
      let report = SecretReport(SecretNeeds(job, file), asks: asks)
      let answer = Answer(
        ["job": .string(job.pipeline), "secrets": report.json],
        text: text(report),
        exit: report.failed > 0 ? 1 : 0,
        warnings: file.findings
      )
      guard report.failed > 0 else { return answer }
      return answer.failed("\(Figures.things(report.failed, "secret")) cannot be had")
    }
  }
}
