import ArgumentParser
import JSON
import Supervisor
import Wire

/// `dativo discover`.
struct Discover: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "discover",
    abstract: "Show the streams that a tap offers.",
    discussion: """
      The tap is that of a job file, or one by name with its configuration:

        dativo discover job.yaml
        dativo discover csv --config tap.json

      --write also draws up a contract from the catalog, as `dativo contract infer` does: \
      NAME.odcs.yaml beside it, unless that is there already. A file that is there is written over only \
      if it is a catalog.

      Of a job with partitions the streams of all are shown, of windows of time those of the first.

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

  @Option(name: .long, help: "Ask with the settings of this part alone, of a job with partitions.")
  var part: String?

  @Option(name: .long, help: "Write the catalog to this file, and a first contract beside it.")
  var write: String?

  @Flag(name: .long, help: "Print one JSON object, with the catalog as its result.")
  var json = false

  func run() throws {
    try Answer.give("discover", json: json) {
      if let write { try Self.mayWrite(write, subject) }
      let isJob = subject.hasSuffix(".yaml") || subject.hasSuffix(".yml")
      var warnings: [Finding] = []
      var name = subject.split(separator: "/").last.map(String.init) ?? subject
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
        name = job.name
        catalog = try Discovery.offered(by: part == nil ? job : job.seen(part: part))
      } else {
        guard part == nil else {
          throw Failure(
            .usage,
            "--part is for a job file, and \(subject) is a tap",
            hint: "Leave --part out."
          )
        }
        catalog = try Discovery.offered(by: subject, config: config)
      }
      var text = CatalogTable.text(catalog)
      if let write {
        try Project.write(write, catalog.json.encoded(pretty: true) + "\n")
        text += "\n\nThe catalog is in \(write)."
        text += try contract(catalog, name, beside: write).map { " \($0)" } ?? ""
      }
      return Answer(
        catalog.json,
        text: text,
        summary: Figures.things(catalog.streams.count, "stream"),
        warnings: warnings
      )
    }
  }

  /// Refuses to put the catalog in the place of another file, before the tap is asked.
  private static func mayWrite(_ path: String, _ subject: String) throws(Failure) {
    guard Paths.exists(path) else { return }
    let isSubject = Paths.absolute(path) == Paths.absolute(subject)
    guard isSubject || !CatalogFile.isCatalog(path) else { return }
    throw Failure(
      .usage,
      isSubject
        ? "\(path) is what is to be asked: the catalog would take its place"
        : "\(path) is there already, and is no catalog",
      hint: "Name another file, such as `--write catalog.json`, or remove that one."
    )
  }

  /// Draws up a first contract beside the catalog; what there is to tell of it.
  private func contract(
    _ catalog: Catalog,
    _ name: String,
    beside file: String
  ) throws -> String? {
    guard !catalog.streams.isEmpty else { return nil }
    let folder =
      file.contains("/") ? String(file[..<(file.lastIndex(of: "/") ?? file.endIndex)]) : "."
    let path = Paths.joined(folder, "\(name).odcs.yaml")
    guard !Paths.exists(path) else { return "The contract \(path) was there, and stays." }
    var inference = ContractInference(limit: nil)
    inference.adopt(catalog)
    let purpose = "Drawn up by dativo discover from what \(subject) offers."
    try Project.write(path, try inference.text(id: name, name: name, purpose: purpose))
    return "A first contract is in \(path)."
  }
}
