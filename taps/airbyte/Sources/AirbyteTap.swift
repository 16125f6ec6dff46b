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
  private let program: SourceProgram
  private let kept: KeptConfig

  init(_ configuration: Configuration) throws(Failure) { try self.init(configuration, .singer) }

  init(_ configuration: Configuration, _ wording: Wording) throws(Failure) {
    settings = try AirbyteSettings(configuration)
    self.wording = wording
    program = try SourceProgram(settings)
    kept = KeptConfig(
      settings.config,
      source: program.name,
      folder: settings.store,
      file: configuration.source
    )
  }

  func discover() throws(Failure) -> Catalog {
    let answer = try ask("discover")
    guard let streams = answer.body("CATALOG", "catalog")?["streams"]?.array else {
      throw answer.failure(program.name, "discover gave no catalog")
    }
    return Catalog(streams: streams.compactMap(SourceStream.init).map(\.entry))
  }

  func check() throws(Failure) {
    let answer = try ask("check")
    let status = answer.body("CONNECTION_STATUS", "connectionStatus")
    guard let word = status?["status"]?.string else {
      throw answer.failure(program.name, "check gave no answer")
    }
    guard word == "SUCCEEDED" else {
      throw Failure(
        .configuration,
        "\(program.name): \(answer.clean(status?["message"]?.string ?? "the check failed"))"
      )
    }
  }

  private func ask(_ verb: String) throws(Failure) -> Answer {
    let scratch = try Scratch()
    _ = try scratch.write("config.json", Self.bytes(.object(kept.current)))
    let command = program.command(verb, [("--config", "config.json")], in: scratch)
    defer { program.cleanUp() }
    let answer = try Answer(command, redaction: redaction())
    if let config = answer.body("CONTROL", "control")?["connectorConfig"]?["config"]?.object {
      try kept.keep(config)
    }
    return answer
  }

  private func redaction() -> Redaction {
    let program = program
    return Redaction(kept.current) {
      guard let scratch = try? Scratch() else { return nil }
      defer { program.cleanUp() }
      let command = program.command("spec", in: scratch)
      let answer = try? Answer(command, redaction: Redaction([:]) { nil })
      return answer?.body("SPEC", "spec")?["connectionSpecification"]
    }
  }

  func sync(
    _ catalog: Catalog,
    state: JSONValue?,
    to writer: inout MessageWriter
  ) throws(Failure) {
    let chosen = try chosen(catalog)
    guard !chosen.isEmpty else {
      Log.warning("no stream is selected: set \"selected\": true in the catalog's metadata")
      return
    }
    let ledger = try StateLedger(state)
    let scratch = try Scratch()
    var files = [("--config", "config.json"), ("--catalog", "catalog.json")]
    _ = try scratch.write("config.json", Self.bytes(.object(kept.current)))
    let configured = JSONValue.array(chosen.map(\.configured))
    _ = try scratch.write("catalog.json", Self.bytes(["streams": configured]))
    if let file = ledger.file {
      _ = try scratch.write("state.json", Self.bytes(file))
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
      program.name,
      relays: chosen.map { RecordRelay($0.name, deselected: $0.deselected, wording) },
      ledger: ledger,
      redaction: redaction(),
      kept: kept,
      failsOnCounts: settings.failsOnCounts,
      wording
    )
    defer { program.cleanUp() }
    try converse(
      &conversation,
      program.command("read", files.map { (option: $0.0, name: $0.1) }, in: scratch),
      to: &writer
    )
  }

  private func converse(
    _ conversation: inout Conversation,
    _ command: Command,
    to writer: inout MessageWriter
  ) throws(Failure) {
    var run = try SourceRun(command)
    unsafe try run.read { region throws(Failure) in
      unsafe try conversation.take(region, to: &writer)
    }
    let exit = run.end()
    let verdict = conversation.progress.verdict(program.name)
    try conversation.end(isWhole: exit.isSuccess && verdict == nil, to: &writer)
    if let failure = Failure.signalled { throw failure }
    // The source's own words say more than its exit code, and that more than a missing word.
    if !exit.isSuccess, conversation.progress.errors.isEmpty {
      throw Answer.failure(program.name, exit, nil)
    }
    if let verdict { throw verdict }
    guard exit.isSuccess else { throw Answer.failure(program.name, exit, nil) }
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
      "the catalog selects stream \(name), which \(program.name) does not offer",
      hint: Nearest.name(to: name, among: offered).map { "Did you mean \($0)?" }
        ?? "It offers \(offered.joined(separator: ", "))."
    )
  }

  private static func bytes(_ value: JSONValue) -> [UInt8] { Array(value.encoded().utf8) }
}
