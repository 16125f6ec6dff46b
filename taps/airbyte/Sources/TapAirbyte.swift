import ArgumentParser
import ConnectorKit
import Wire

@main
struct TapAirbyte: ParsableCommand {
  static let configuration = CommandConfiguration(
    AirbyteSettings.info,
    discussion: """
      Runs an Airbyte source and writes what it reads as Singer messages: \
      {"executable": ["source-faker"], "connector_config": {"count": 1000}}. With --protocol airbyte \
      the source's own messages pass as they are; records are checked and counted all the same. \
      --about with --config tells the source's own settings, too.
      """
  )

  @OptionGroup var options: TapOptions

  @Option(name: .customLong("protocol"), help: "What to write: singer or airbyte.")
  var wording: Wording = .singer

  func run() {
    Lifecycle.run(AirbyteSettings.info.name, writesMessages: options.writesMessages) {
      try options.run(
        AirbyteTap.self,
        about: { (configuration) throws(Failure) in try AirbyteTap(configuration).described() },
        { (configuration) throws(Failure) in try AirbyteTap(configuration, wording) }
      )
    }
  }
}

extension Wording: ExpressibleByArgument {}
