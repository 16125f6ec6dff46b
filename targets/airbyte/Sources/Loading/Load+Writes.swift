import AirbyteKit
import Children
import ConnectorKit
import JSON
import Posix
import Wire

extension Load {
  /// Sees to it that a write runs that knows every stream.
  mutating func begin() throws(Failure) {
    guard run == nil || isStale && configured == nil else { return }
    if run != nil { try finish(isWhole: true) }
    var catalog = configured
    if catalog == nil {
      var entries: [JSONValue] = []
      for stream in streams {
        entries.append(try stream.configured(settings, destination, load: number))
      }
      guard !entries.isEmpty else {
        throw Failure(
          .usage,
          "line \(lines): Airbyte's messages come without a catalog",
          hint: "Give the source's configured catalog: --catalog FILE."
        )
      }
      catalog = ["streams": .array(entries)]
    }
    let scratch = try Scratch()
    let kept = destination.connector.kept
    try scratch.write("config.json", .object(kept.current))
    try scratch.write("catalog.json", catalog ?? [:])
    let command = destination.connector.program.command(
      "write",
      [("--config", "config.json"), ("--catalog", "catalog.json")],
      in: scratch
    )
    self.scratch = consume scratch
    known = (catalog?["streams"]?.array ?? []).compactMap(Self.descriptor)
    run = try DestinationRun(command)
    isStale = false
  }

  /// Name and namespace of a configured stream.
  static func descriptor(_ entry: JSONValue) -> JSONValue? {
    guard let stream = entry["stream"], let name = stream["name"] else { return nil }
    var descriptor: JSONObject = ["name": name]
    if let namespace = stream["namespace"]?.string { descriptor["namespace"] = .string(namespace) }
    return .object(descriptor)
  }

  mutating func send() throws(Failure) {
    guard !buffer.isEmpty else { return try sendDue() }
    let bytes = buffer
    buffer.removeAll(keepingCapacity: true)
    try run?.send(bytes, &replies)
    try sendDue()
  }

  /// Sends states for which there is room by now.
  mutating func sendDue() throws(Failure) {
    let due = replies.outstanding.due()
    if !due.isEmpty { try run?.send(due, &replies) }
  }

  /// Ends the running write; all that it was sent is acknowledged then, or this throws.
  mutating func finish(isWhole: Bool) throws(Failure) {
    try send()
    guard var running = run.take() else { return }
    defer { destination.connector.program.cleanUp() }
    let due = replies.outstanding.due(isEnd: true)
    try running.send(due, &replies)
    if isWhole { try running.send(completions(), &replies) }
    let (exit, leftInput) = try running.end(&replies)
    scratch = nil
    if let failure = Failure.signalled { throw failure }
    if let error = replies.errors.last {
      throw Failure(error.kind, "\(destination.name): \(error.message)")
    }
    guard exit.isSuccess else { throw Answer.failure(destination.name, exit, nil) }
    guard !leftInput, !hasStopped else {
      throw Failure(
        .plugin(1),
        "\(destination.name) ended well, and did not read all that it was sent",
        hint: "The next run sends the rows after the last acknowledged state again."
      )
    }
    guard replies.outstanding.count == 0 else {
      throw Failure(
        .plugin(1),
        "\(destination.name) ended well, and did not acknowledge "
          + "\(Self.counted(replies.outstanding.count, "state")) that it was sent",
        hint: "The next run sends the rows after the last acknowledged state again."
      )
    }
  }

  /// That every stream of the write has ended well, but for those of which the source has told that
  /// itself.
  func completions() -> [UInt8] {
    var bytes: [UInt8] = []
    for stream in known {
      guard let name = AirbyteStream.name(stream),
        !["COMPLETE", "INCOMPLETE"].contains(statuses[name])
      else { continue }
      let status: JSONValue = ["stream_descriptor": stream, "status": "COMPLETE"]
      let trace: JSONValue = [
        "type": "STREAM_STATUS", "emitted_at": .number(JSONNumber(Clock.wall / 1_000_000)),
        "stream_status": status,
      ]
      let message: JSONValue = ["type": "TRACE", "trace": trace]
      bytes += Array(message.encoded().utf8)
      bytes.append(0x0A)
    }
    return bytes
  }

  /// Ends the load: `failure` is what has gone wrong before the destination.
  mutating func end(_ failure: Failure?) throws(Failure) {
    var failure = failure
    if failure == nil, let sourceError {
      failure = Failure(sourceError.kind, "the source: \(sourceError.message)")
    }
    if failure == nil, let name = statuses.first(where: { $0.value == "INCOMPLETE" })?.key {
      failure = Failure(.plugin(1), "stream \(name) ended as INCOMPLETE")
    }
    // The stages before this one end once they are read from, which nobody does any more.
    if failure == nil, !hasStopped, !Verdict.isProven() {
      failure = Failure(.temporary, "the stages before this one did not all end well")
    }
    // A stream without rows is empty where it is overwritten.
    let isAnnounced = configured != nil || streams.contains(where: \.isAnnounced)
    if failure == nil, !hasStopped, run == nil || isStale, isAnnounced { try begin() }
    do throws(Failure) {
      try finish(isWhole: failure == nil && !hasStopped)
    } catch {
      throw failure ?? error
    }
    if let failure { throw failure }
    Log.info("\(destination.name): \(Self.counted(records, "record")) written")
  }

  private static func counted(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
  }
}
