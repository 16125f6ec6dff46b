import ArgumentParser
import ConnectorKit

@main
struct TapCSV: ParsableCommand {
  static let configuration = CommandConfiguration(
    CSVSettings.info,
    discussion: """
      Writes SCHEMA, RECORD and STATE messages to standard output. A configuration is as small as \
      {"path": "orders.csv"}; --about lists what else it may say.
      """
  )

  @OptionGroup var options: TapOptions

  func run() {
    Lifecycle.run(CSVSettings.info.name, writesMessages: options.writesMessages) {
      try options.run(CSVTap.self)
    }
  }
}
