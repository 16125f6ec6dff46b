import AirbyteKit
import Children
import ConnectorKit
import JSON
import Posix
import Wire

/// The tap: a source of Airbyte, run verb by verb.
struct AirbyteTap: Tap {
  static var info: PluginInfo { AirbyteSettings.info }

  private let settings: AirbyteSettings
  private let wording: Wording
  private let connector: Connector

  init(_ configuration: Configuration) throws(Failure) { try self.init(configuration, .singer) }

  init(_ configuration: Configuration, _ wording: Wording) throws(Failure) {
    settings = try AirbyteSettings(configuration)
    self.wording = wording
    connector = try Connector(settings.connector)
  }

  func discover() throws(Failure) -> Catalog {
    let answer = try connector.ask("discover")
    guard let streams = answer.body("CATALOG", "catalog")?["streams"]?.array else {
      throw answer.failure(connector.name, "discover gave no catalog")
    }
    return Catalog(streams: streams.compactMap(SourceStream.init).map(\.entry))
  }

  func check() throws(Failure) { try connector.check() }

  /// The tap with what the source says of its own settings.
  func described() throws(Failure) -> PluginInfo { try connector.detailed(Self.info) }

  func sync(
    _ catalog: Catalog,
    state: JSONValue?,
    to writer: inout MessageWriter
  ) throws(Failure) {
    noteStrangers(catalog.streams.map(\.tapStreamID))
    let chosen = try chosen(catalog)
    guard !chosen.isEmpty else {
      Log.warning("no stream is selected: set \"selected\": true in the catalog's metadata")
      return
    }
    let refreshed = chosen.filter { $0.configured["sync_mode"]?.string == "full_refresh" }
    let ledger = try StateLedger(state, refreshed: Set(refreshed.map(\.name)))
    let scratch = try Scratch()
    var files = [("--config", "config.json"), ("--catalog", "catalog.json")]
    try scratch.write("config.json", .object(connector.kept.current))
    let configured = JSONValue.array(chosen.map(\.configured))
    try scratch.write("catalog.json", ["streams": configured])
    if let file = ledger.file {
      try scratch.write("state.json", file)
      files.append(("--state", "state.json"))
    }
    for stream in chosen where wording == .singer {
      try writer.schema(
        stream: stream.name,
        stream.schema,
        keys: stream.entry.keyProperties,
        bookmarks: stream.entry.replicationKey.map { [$0] } ?? []
      )
    }
    var conversation = Conversation(
      connector.name,
      relays: chosen.map { RecordRelay($0.name, deselected: $0.deselected, wording) },
      ledger: ledger,
      remarks: Remarks(connector.name, connector.redaction(), connector.kept),
      failsOnCounts: settings.failsOnCounts,
      wording
    )
    defer { connector.program.cleanUp() }
    try converse(
      &conversation,
      connector.program.command("read", files.map { (option: $0.0, name: $0.1) }, in: scratch),
      to: &writer
    )
  }

  /// Tells which streams of the settings are not among the known ones: the names may be misspelt.
  private func noteStrangers(_ known: [String]) {
    for name in settings.streams.keys.sorted() where !known.contains(name) {
      let near = Nearest.name(to: name, among: known).map { "did you mean \($0)?" }
      Log.warning(
        "\"streams\" names \(name), which the catalog does not: "
          + (near ?? "it has \(known.sorted().joined(separator: ", "))")
      )
    }
  }

  private func converse(
    _ conversation: inout Conversation,
    _ command: Command,
    to writer: inout MessageWriter
  ) throws(Failure) {
    var run = try SourceRun(command, limit: settings.lineLimit)
    while true {
      let region: UnsafeRawBufferPointer?
      do throws(LineReader.Problem) {
        unsafe region = unsafe try run.next()
      } catch {
        throw conversation.failure(error)
      }
      guard let region = unsafe region else { break }
      unsafe try conversation.take(region, to: &writer)
    }
    let exit = run.end()
    let verdict = conversation.progress.verdict(connector.name)
    try conversation.end(isWhole: exit.isSuccess && verdict == nil, to: &writer)
    if let failure = Failure.signalled { throw failure }
    // The source's own words say more than its exit code, and that more than a missing word.
    if !exit.isSuccess, conversation.progress.errors.isEmpty {
      throw Answer.failure(connector.name, exit, nil)
    }
    if let verdict { throw verdict }
    guard exit.isSuccess else { throw Answer.failure(connector.name, exit, nil) }
  }

  /// The selected streams; those of a catalog made elsewhere are looked up in what is offered.
  private func chosen(_ catalog: Catalog) throws(Failure) -> [ChosenStream] {
    var offered: Catalog?
    var chosen: [ChosenStream] = []
    for entry in catalog.streams {
      if let stream = ChosenStream(configured: entry) {
        chosen.append(stream)
        continue
      }
      guard entry.isSelected else { continue }
      if let stream = SourceStream(entry: entry) {
        chosen.append(try ChosenStream(stream, entry, settings.streams[stream.name]))
        continue
      }
      if offered == nil { offered = try discover() }
      let all = offered ?? Catalog(streams: [])
      let found = all.streams.first { $0.tapStreamID == entry.tapStreamID }
      guard let stream = found.flatMap({ SourceStream(entry: $0) }) else {
        throw unknown(entry.tapStreamID, all.streams.map(\.tapStreamID))
      }
      chosen.append(try ChosenStream(stream, entry, settings.streams[stream.name]))
    }
    return chosen
  }

  private func unknown(_ name: String, _ offered: [String]) -> Failure {
    Failure(
      .configuration,
      "the catalog selects stream \(name), which \(connector.name) does not offer",
      hint: Nearest.name(to: name, among: offered).map { "Did you mean \($0)?" }
        ?? "It offers \(offered.joined(separator: ", "))."
    )
  }
}
