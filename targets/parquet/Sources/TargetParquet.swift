import ArgumentParser
import Commits
import ConnectorKit
import JSON
import Posix
import Storage
import Wire

@main
struct TargetParquet: ParsableCommand {
  static let configuration = CommandConfiguration(
    Settings.info,
    discussion: """
      Reads messages from standard input and prints each STATE once it is committed. A tap that \
      is killed in a plain shell pipe looks like one that ended: its rows after the last STATE may \
      then be repeated by the next run.
      """
  )

  @OptionGroup var options: ConnectorOptions

  @Option(name: .long, help: "Airbyte's configured catalog; one of Singer's is passed by.")
  var catalog: String?

  @Flag(name: .long, help: "Print the last committed STATE with its sequence, and end.")
  var lastState = false

  @Flag(
    name: .long,
    help: "Commit an empty STATE: the next load begins anew, and replaces the rows."
  )
  var resetState = false

  @Flag(
    name: .long,
    help:
      "With --reset-state or --set-state: the rows that are there stay, though they were to be replaced."
  )
  var keepRows = false

  @Option(name: .long, help: "Commit the STATE in this file.")
  var setState: String?

  @Option(name: .long, help: "With --set-state: the next load replaces the rows of this stream.")
  var replaceStream: [String] = []

  @Flag(name: .long, help: "Let the committed STATE stand for the \"source\" of the configuration.")
  var acceptSource = false

  @Option(name: .long, help: "Why the state is changed; kept in the commit log.")
  var reason = "changed by the user"

  func validate() throws {
    let verbs = [
      lastState ? "--last-state" : nil, resetState ? "--reset-state" : nil,
      setState == nil ? nil : "--set-state", acceptSource ? "--accept-source" : nil,
    ].compactMap { $0 }
    guard verbs.count <= 1 else {
      throw ValidationError("\(verbs.joined(separator: " and ")) exclude each other.")
    }
    if keepRows, !resetState, setState == nil {
      throw ValidationError("--keep-rows goes with --reset-state or --set-state.")
    }
    if !replaceStream.isEmpty, setState == nil {
      throw ValidationError("--replace-stream goes with --set-state.")
    }
  }

  func run() {
    Lifecycle.run(Settings.info.name) {
      options.answerAbout(Settings.info)
      guard !options.about else { return }
      var settings = try Settings(try options.configuration(Settings.info))
      if let catalog { try settings.follow(ConfiguredCatalog(file: catalog)) }
      if lastState {
        print(try lastCommit(settings).encoded())
      } else if resetState {
        var committer = try Committer(settings, acceptsSource: true)
        let replaced = keepRows ? [] : ["*"]
        try committer.set(nil, reason: reason, replacing: replaced, keepsRows: keepRows)
      } else if let setState {
        let state = try JSONFile.read(setState, "state")
        var committer = try Committer(settings, acceptsSource: true)
        try committer.set(
          state,
          reason: reason,
          replacing: replaceStream,
          keepsRows: keepRows
        )
      } else if acceptSource {
        var committer = try Committer(settings, acceptsSource: true)
        try committer.acceptSource(reason: reason)
      } else {
        try load(settings)
      }
    }
  }

  private func lastCommit(_ settings: Settings) throws(Failure) -> JSONValue {
    let store = try settings.store()
    let newest: (commit: Commit, hash: String)?
    do throws(CommitError) {
      newest = try CommitLog.newest(store, settings.pipeline)
    } catch {
      throw Failure(error)
    }
    var answer = JSONObject()
    answer["pipeline"] = .string(settings.pipeline)
    answer["sequence"] = .number(JSONNumber(newest?.commit.sequence ?? 0))
    answer["epoch"] = .number(JSONNumber(newest?.commit.epoch ?? 0))
    answer["source"] = newest?.commit.source.map { .string($0) } ?? .null
    answer["state"] = newest?.commit.state ?? .null
    if let position = newest?.commit.position { answer["position"] = position.json }
    if let replacing = newest?.commit.replacing, !replacing.isEmpty {
      answer["replacing"] = .array(replacing.keys.map { .string($0) })
    }
    return .object(answer)
  }

  private func load(_ settings: Settings) throws(Failure) {
    var loader = Loader(settings: settings, committer: try Committer(settings))
    var reader = LineReader(0, limit: settings.lineLimit) { Signals.received != nil }
    var failure: Failure?
    do throws(LineReader.Problem) {
      while let region = unsafe try reader.next() {
        let isCut = unsafe reader.endedWithoutNewline && !Ending.isWhole(region)
        if isCut {
          failure = Ending.cut(line: loader.lineNumber)
          break
        }
        guard unsafe loader.take(region) else { break }
        loader.report()
      }
    } catch {
      failure = Ending.failure(error, line: loader.lineNumber)
    }
    failure =
      failure ?? loader.failure ?? loader.sourceError ?? loader.incomplete ?? Failure.signalled
    if failure == nil, !Verdict.isProven() {
      failure = Failure(
        .temporary,
        "the stages before this one did not all end well: "
          + "rows after the last STATE were not committed"
      )
    }
    try loader.end(includingTail: failure == nil && !settings.discardsTail)
    loader.report(always: true)
    loader.committer.reporter.stall(read: reader.waited, write: 0)
    loader.summarise()
    if let failure { throw failure }
    let reporter = loader.committer.reporter
    if reporter.isListening { reporter.lastCommit(try lastCommit(settings)) }
  }
}
