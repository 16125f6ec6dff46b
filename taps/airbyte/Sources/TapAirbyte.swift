import AirbyteKit
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

  @OptionGroup var choice: ConnectorChoice

  @Flag(name: .long, help: "Print the digest of the image, and end.")
  var showDigest = false

  @Flag(
    name: .long,
    help: "Install the package where it is not there yet, print its program, and end."
  )
  var showProgram = false

  @Option(name: .customLong("protocol"), help: "What to write: singer or airbyte.")
  var wording: Wording = .singer

  func run() {
    let answers = showDigest || showProgram
    Lifecycle.run(AirbyteSettings.info.name, writesMessages: options.writesMessages && !answers) {
      let shape = choice.shape
      if answers {
        let configuration = try options.configuration(AirbyteSettings.info, shape: shape)
        let settings = try ConnectorSettings(configuration, .source)
        return print(try showDigest ? settings.digest() : settings.installed())
      }
      try options.run(
        AirbyteTap.self,
        shape: shape,
        about: { (configuration) throws(Failure) in try AirbyteTap(configuration).described() },
        { (configuration) throws(Failure) in try AirbyteTap(configuration, wording) }
      )
    }
  }
}

extension Wording: ExpressibleByArgument {}
