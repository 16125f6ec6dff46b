import ArgumentParser

/// `dativo contract`.
struct ContractCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "contract",
    abstract: "Compare and convert data contracts.",
    subcommands: [ContractDiffCommand.self, ContractConvert.self]
  )
}
