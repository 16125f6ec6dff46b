import ArgumentParser
import Supervisor

/// How a run talks on standard error.
struct Telling: ParsableArguments {
  @Option(
    name: .long,
    help: "How standard error is written: text, or json with one event a line."
  )
  var logFormat = Manner.Format.text

  @Flag(name: .long, help: "Show all that the stages say, details too.")
  var verbose = false

  @Flag(name: .long, help: "Show only what goes wrong.")
  var quiet = false

  @Flag(name: .long, help: "Do not show how far the run is.")
  var noProgress = false

  func validate() throws {
    if verbose, quiet { throw ValidationError("--verbose and --quiet exclude each other.") }
  }

  var manner: Manner {
    Manner(format: logFormat, verbosity: quiet ? .quiet : verbose ? .verbose : .normal)
  }

  /// The same for a part of the run.
  var arguments: [String] {
    ["--log-format", logFormat.rawValue] + (verbose ? ["--verbose"] : [])
      + (quiet ? ["--quiet"] : [])
  }
}

extension Manner.Format: ExpressibleByArgument {}
