import AirbyteKit
import ArgumentParser
import ConnectorKit
import JSON
import Posix
import Wire

@main
struct TargetAirbyte: ParsableCommand {
  static let configuration = CommandConfiguration(
    DestinationSettings.info,
    discussion: """
      Reads messages from standard input, hands them to an Airbyte destination, and prints each STATE \
      once the destination has acknowledged it: {"executable": ["destination-x"], \
      "connector_config": {…}}. --about with --config tells the destination's own settings, too.
      """
  )

  @OptionGroup var options: ConnectorOptions

  @OptionGroup var choice: ConnectorChoice

  @Flag(name: .long, help: "Check that the destination can be written to.")
  var test = false

  @Flag(
    name: .long,
    help: "Install the package where it is not there yet, print its program, and end."
  )
  var showProgram = false

  @Option(
    name: .long,
    help: "Airbyte's configured catalog, which its messages need; or Singer's, to know all streams."
  )
  var catalog: String?

  func run() {
    Lifecycle.run(DestinationSettings.info.name) {
      let info = DestinationSettings.info
      if showProgram {
        let configuration = try options.configuration(info, shape: choice.shape)
        return print(try ConnectorSettings(configuration, .destination).installed())
      }
      guard
        try !options.answersAbout(
          info,
          shape: choice.shape,
          { (configuration) throws(Failure) in
            try Destination(DestinationSettings(configuration)).connector.detailed(info)
          }
        )
      else { return }
      let settings = try DestinationSettings(try options.configuration(info, shape: choice.shape))
      let destination = try Destination(settings)
      if test {
        try destination.connector.check()
        Log.info("\(info.name): the destination can be written to")
        return
      }
      let catalog = try catalog.map { (path) throws(Failure) in
        try JSONFile.read(path, "catalog")
      }
      try load(try Load(settings, destination, catalog: catalog), settings.lineLimit)
    }
  }

  private func load(_ load: consuming Load, _ limit: Int) throws(Failure) {
    var reader = LineReader(0, limit: limit) { Signals.received != nil }
    var failure: Failure?
    while failure == nil {
      do throws(Failure) {
        guard try load.awaitInput() else { break }
      } catch {
        failure = error
        break
      }
      do throws(LineReader.Problem) {
        guard let region = unsafe try reader.next() else { break }
        if unsafe reader.endedWithoutNewline && !Ending.isWhole(region) {
          failure = Ending.cut(line: load.lines)
          break
        }
        do throws(Failure) {
          unsafe try load.take(region)
        } catch {
          failure = error
        }
      } catch {
        failure = Ending.failure(error, line: load.lines)
      }
    }
    try load.end(failure ?? Failure.signalled)
  }
}
