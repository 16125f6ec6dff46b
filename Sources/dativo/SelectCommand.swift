import ArgumentParser
import JSON
import Supervisor
import Wire

/// `dativo select`.
struct SelectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "select",
    abstract: "Show which streams and properties a job loads; try or write patterns.",
    discussion: """
      dativo select job.yaml                        what the job selects now
      dativo select job.yaml 'orders.*' '!*.ssn'    what these patterns would
      dativo select job.yaml 'orders.*' --write     write them into the job file

      EXIT STATUS
        0    the tap answered
        64   the command line is wrong
        69   the tap cannot reach its source
        78   the job is wrong, or a pattern to be written matches nothing
        n    the tap's own code
      """
  )

  @Argument(help: "The job file.")
  var job: String

  @Argument(help: "Patterns in place of the job's own: orders.*, !*.ssn")
  var patterns: [String] = []

  @Flag(name: .long, help: "Show also what is not selected.")
  var all = false

  @Flag(name: .long, help: "Write the patterns into the job file.")
  var write = false

  @Flag(name: .long, help: "Print one JSON object.")
  var json = false

  func validate() throws {
    if write, patterns.isEmpty { throw ValidationError("--write needs patterns to write.") }
  }

  func run() throws {
    try Answer.give("select", json: json) {
      let path = job
      var (job, warnings) = try Job.load(path)
      if !patterns.isEmpty { job.select = patterns }
      var misses: [Finding] = []
      let catalog = job.selected(try Discovery.offered(by: job)) { message, hint in
        misses.append(Finding(.warning, message, hint: hint, file: path))
      }
      if write, let miss = misses.first {
        throw Failure(.configuration, "nothing is written: \(miss.message)", hint: miss.hint)
      }
      warnings += misses
      let view = SelectionView(catalog)
      var text = view.text(all: all)
      if write {
        try SelectionFile.write(patterns, to: path)
        text += "\n\nThe patterns are in \(path)."
      }
      return Answer(
        view.json,
        text: text,
        summary:
          "\(view.streams.count(where: \.isSelected)) of \(Figures.things(catalog.streams.count, "stream")) selected",
        warnings: warnings
      )
    }
  }
}
