import ArgumentParser

/// `dativo contract`.
struct ContractCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "contract",
    abstract: "Work with data contracts (ODCS).",
    subcommands: [
      ContractTestCommand.self, ContractInferCommand.self, ContractDiffCommand.self,
      ContractConvert.self, Lint.self,
    ]
  )
}
