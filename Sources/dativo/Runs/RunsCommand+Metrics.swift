import ArgumentParser
import JSON
import Supervisor

extension RunsCommand {
  /// `dativo runs metrics`.
  struct Metrics: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "metrics",
      abstract: "Print the figures of each job's last run in the text format of Prometheus.",
      discussion: """
        Node exporter's textfile collector takes them where --output names a file of its folder, \
        which is replaced as a whole: run this from a timer, or from a job's hooks. What is known \
        of a job is known as long as its records are there.
        """
    )

    @OptionGroup var which: Which

    @Option(name: .long, help: "A file that gets them, in place of standard output: dativo.prom.")
    var output: String?

    @Flag(name: .long, help: "Print one JSON object.")
    var json = false

    func run() throws {
      try Answer.give("runs metrics", json: json) {
        let (index, filter) = try which.history()
        let (metrics, unreadable) = try JobMetrics.of(index, filter)
        var text = metrics.text
        if let output { try metrics.write(to: output) }
        if text.hasSuffix("\n") { text.removeLast() }
        return Answer(
          ["metrics": metrics.json],
          text: output == nil && !text.isEmpty ? text : nil,
          summary: Figures.things(metrics.count, "sample"),
          warnings: unreadable.map { Finding(.warning, "the record of run \($0) cannot be read") }
        )
      }
    }
  }
}
