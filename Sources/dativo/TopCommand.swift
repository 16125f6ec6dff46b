import ArgumentParser
import JSON
import Supervisor

/// `dativo top`.
struct TopCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "top",
    abstract: "Show the runs that are under way on this host.",
    discussion: """
      For each run what it has read and committed, its pace, the stage that the others wait for, and \
      of each stage processor time and memory. On a terminal it shows them anew until it is \
      interrupted; otherwise once. Runs of other users are seen by root only.

      EXIT STATUS
        0    done; also where there are none
        64   the command line is wrong
      """
  )

  @Option(name: .long, help: "Seconds between two looks.")
  var interval = 2.0

  @Flag(name: .long, help: "Look once, even on a terminal.")
  var once = false

  @Flag(name: .long, help: "Print one JSON object.")
  var json = false

  func validate() throws {
    guard interval >= 0.1, interval < 1e6 else {
      throw ValidationError("--interval takes seconds, 0.1 at least.")
    }
  }

  func run() throws {
    try Answer.give("top", json: json) {
      var view = LiveView()
      guard LiveView.isWatched, !once, !json else {
        return Answer(
          view.json,
          text: text(view),
          summary: "\(Figures.things(view.runs.count, "run")) under way"
        )
      }
      while true {
        // To the top left, and each line cleared behind what is written, so that nothing flickers.
        let lines = text(view).split(separator: "\n").map { "\($0)\u{1B}[K\n" }.joined()
        try Console.answer("\u{1B}[H\(lines)\u{1B}[J")
        LiveView.pause(interval)
        view = LiveView(since: view)
      }
    }
  }

  private func text(_ view: LiveView) -> String {
    view.runs.isEmpty
      ? "no run is under way" : TextTable.lines(view.cells).joined(separator: "\n")
  }
}
