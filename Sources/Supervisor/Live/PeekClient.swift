internal import Glibc
internal import JSON
internal import Posix
package import Wire

/// Asks the middle stage of a live run for lines that cross it.
package struct PeekClient {
  package enum Stage: String, CaseIterable, Sendable { case tap, validate }

  /// The name of the control socket in a run's private folder.
  static let socket = "peek.sock"

  private let job: Job

  package init(_ job: Job) { self.job = job }

  /// Gives each line as it comes, secrets hidden, until `limit` have come, the run has ended, or
  /// nothing came for `seconds`; returns how many came.
  package func lines(
    _ stage: Stage,
    limit: Int,
    stream: String?,
    seconds: Double,
    _ body: (String) throws(Failure) -> Void
  ) throws(Failure) -> Int {
    let connection = try connect()
    var request: JSONObject = [
      "stage": .string(stage.rawValue), "limit": .number(JSONNumber(limit)),
    ]
    request["stream"] = stream.map { .string($0) }
    guard LocalSocket.send(connection.raw, Array((JSONValue.object(request).encoded() + "\n").utf8))
    else { throw ended }
    let redactor = Redactor.known
    var splitter = LineSplitter(limit: 1 << 20)
    var found: [String] = []
    var count = -1
    while count < limit {
      let ready = try? Poll.readable([connection.raw], milliseconds: Int32(seconds * 1000))
      guard let ready, !ready.isEmpty else {
        throw Failure(
          .temporary,
          "no \(count < 1 ? "" : "further ")line has crossed for \(Figures.seconds(seconds))",
          hint: "The run may wait for its source; --timeout waits longer."
        )
      }
      guard let bytes = LocalSocket.receive(connection.raw, limit: 1 << 16), !bytes.isEmpty else {
        guard count >= 0 else { throw ended }
        return count
      }
      splitter.take(bytes[...]) { found.append(String(decoding: $0, as: UTF8.self)) }
      for line in found {
        if count < 0 { try judge(line) } else { try body(redactor.applied(to: line)) }
        count += 1
      }
      found = []
    }
    return count
  }

  /// The first line says whether any will follow.
  private func judge(_ line: String) throws(Failure) {
    let answer = try? JSONValue.parse(line)
    guard let message = answer?["error"]?.string else { return }
    throw Failure(.credentials, message, hint: answer?["hint"]?.string)
  }

  private func connect() throws(Failure) -> Descriptor {
    let runs = "\(Home.folder(job))/run/\(job.tenant)/\(job.name)"
    for run in Paths.names(in: runs).sorted().reversed() {
      if let found = try? LocalSocket.connected(to: "\(runs)/\(run)/\(Self.socket)") {
        return found
      }
    }
    throw Failure(
      .temporary,
      "no run of \(job.tenant).\(job.name) is under way that could be looked into",
      hint: "`dativo top` shows those that are."
    )
  }

  private var ended: Failure { Failure(.temporary, "the run has just ended") }
}
