import ArgumentParser
import JSON
import Supervisor
import Wire

/// `dativo discover`.
struct Discover: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show the streams that a tap offers.",
    discussion: """
      The tap is that of a job file, or one by name with its configuration:

        dativo discover job.yaml
        dativo discover csv --config tap.json

      EXIT STATUS
        0    the tap answered
        64   the command line is wrong
        69   the tap cannot reach its source
        78   the job or the configuration is wrong
        n    the tap's own code
      """
  )

  @Argument(help: "A job file, a tap's name, or the path of a tap's executable.")
  var subject: String

  @Option(name: .long, help: "The tap's configuration, a JSON or YAML file; for a tap only.")
  var config: String?

  @Option(name: .long, help: "Write the catalog to this file.")
  var write: String?

  @Flag(name: .long, help: "Print one JSON object, with the catalog as its result.")
  var json = false

  func run() throws {
    try Answer.give("discover", json: json) {
      let isJob = subject.hasSuffix(".yaml") || subject.hasSuffix(".yml")
      var warnings: [Finding] = []
      let catalog: Catalog
      if isJob {
        guard config == nil else {
          throw Failure(
            .usage,
            "--config is for a tap by name, and \(subject) is a job file",
            hint: "The job's own configuration is used: `dativo discover \(subject)`."
          )
        }
        let (job, found) = try Job.load(subject)
        warnings = found
        catalog = try Discovery.offered(by: job)
      } else {
        catalog = try Discovery.offered(by: subject, config: config)
      }
      var text = CatalogTable.text(catalog)
      if let write {
        try Project.write(write, catalog.json.encoded(pretty: true) + "\n")
        text += "\n\nThe catalog is in \(write)."
      }
      return Answer(
        catalog.json,
        text: text,
        summary: Figures.things(catalog.streams.count, "stream"),
        warnings: warnings
      )
    }
  }
}
