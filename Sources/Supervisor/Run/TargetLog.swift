internal import Children
package import Commits
package import JSON
internal import Posix
package import Wire

/// The commit log of a destination, asked through the target that keeps it.
///
/// The destination is the source of truth: what it says was committed was committed.
package struct TargetLog {
  /// What the last commit says.
  package struct Last: Sendable {
    package var sequence: Int
    package var epoch: Int
    package var source: String?
    package var state: JSONValue?
    /// How far the load had come that committed last; nil where it did not say.
    package var position: Commit.Position?
    /// The streams whose rows the next load replaces; `*` for all.
    package var replacing: [String] = []

    package init(sequence: Int, epoch: Int, source: String?, state: JSONValue?) {
      self.sequence = sequence
      self.epoch = epoch
      self.source = source
      self.state = state
    }

    /// What `--last-state` answers; nil for what is no answer.
    package init?(_ answer: JSONValue) {
      guard let sequence = answer["sequence"]?.number?.int64 else { return nil }
      let state = answer["state"]
      self.init(
        sequence: Int(sequence),
        epoch: Int(answer["epoch"]?.number?.int64 ?? 0),
        source: answer["source"]?.string,
        state: state?.isNull == true ? nil : state
      )
      position = Commit.Position(answer["position"])
      replacing = (answer["replacing"]?.array ?? []).compactMap(\.string)
    }
  }

  private let job: Job
  private let target: Connector
  private let pipeline: String
  private let secrets: SecretAccess
  /// A descriptor that becomes readable when the user asks to end.
  private let interrupt: Int32?

  package init(
    _ job: Job,
    _ target: Connector,
    pipeline: String,
    secrets: SecretAccess? = nil,
    interrupt: Int32? = nil
  ) {
    self.job = job
    self.target = target
    self.pipeline = pipeline
    self.secrets = secrets ?? SecretAccess(job)
    self.interrupt = interrupt
  }

  /// The last commit; sequence 0 where there is none.
  package func last() throws(Failure) -> Last {
    let output = try ask(["--last-state"])
    guard
      let last = (try? JSONValue.parse(output, depthLimit: JSONScanner.storedDepthLimit)).flatMap(
        Last.init
      )
    else {
      throw Failure(.bug, "\(target.name) --last-state did not answer with its last commit")
    }
    return last
  }

  /// Commits an empty STATE; the next run loads everything.
  package func reset(reason: String, keepingRows: Bool) throws(Failure) {
    let arguments = ["--reset-state", "--reason", reason]
    _ = try ask(arguments + (keepingRows ? ["--keep-rows"] : []))
  }

  /// Commits a STATE that was edited; the rows of `streams` are replaced by the next run, and with
  /// `keepsRows` those of no other, though they were to be.
  package func set(
    _ state: JSONValue,
    reason: String,
    replacing streams: [String] = [],
    keepsRows: Bool = false
  ) throws(Failure) {
    let folder = try PrivateFolder()
    let path = "\(folder.path)/set.state.json"
    try PrivateFile.write(path, state)
    let arguments = ["--set-state", path, "--reason", reason]
    let replaced = streams.flatMap { ["--replace-stream", $0] }
    _ = try ask(arguments + replaced + (keepsRows ? ["--keep-rows"] : []))
  }

  /// Lets the STATE stand for another source from now on.
  package func accept(source: String, reason: String) throws(Failure) {
    _ = try ask(["--accept-source", "--reason", reason], source: source)
  }

  /// Loads a stream that has no rows: those that were to give way to new ones are gone.
  package func loadNothing(of stream: String) throws(Failure) {
    let message: JSONValue = [
      "type": "SCHEMA", "stream": .string(stream), "schema": ["properties": [:]],
      "key_properties": [],
    ]
    _ = try ask([], input: message)
  }

  /// `input` is the one message that the target is sent.
  private func ask(
    _ arguments: [String],
    source: String? = nil,
    input: JSONValue? = nil
  ) throws(Failure) -> [UInt8] {
    let config = Plan.targetConfig(job, target, pipeline: pipeline, source: source, run: "")
    let folder = try PrivateFolder()
    let path = "\(folder.path)/ask.config.json"
    _ = try secrets.hand(.object(config), to: target, .target, at: path)
    let messages = input == nil ? "/dev/null" : "\(folder.path)/ask.messages.jsonl"
    if let input { try PrivateFile.write(messages, input) }
    let command = target.command(
      config: path,
      arguments,
      environment: job.target.environment,
      private: folder.path,
      folder: job.folder
    )
    let capture: Capture
    do throws(SpawnError) {
      capture = try Capture.run(command, input: messages, interrupt: interrupt)
    } catch {
      throw Failure(error)
    }
    switch capture.cut {
    case .interrupted?: throw Failure(.signal(Signal.interrupt), "interrupted")
    case .late?:
      throw Failure(
        .temporary,
        "\(target.name) \(arguments.first ?? "") did not answer within 2 minutes"
      )
    case .unwanted?, nil: break
    }
    guard !capture.exit.isSuccess else { return capture.stdout }
    if let note = capture.errorLines.last.flatMap(ExitNote.init(line:)) {
      let kind = ExitCode(rawValue: note.code).kind ?? .bug
      let message = note.message(outside: path)
      throw Failure(kind, "\(target.name): \(message)", hint: note.hint)
    }
    throw Failure(
      .plugin(capture.exit.shellCode),
      "\(target.name) \(arguments.first ?? "") exited with \(capture.exit.shellCode)",
      hint: capture.errorLines.last
    )
  }
}
