internal import Children
package import JSON
internal import Posix
package import Wire

/// Asks a tap what it offers, and a tap or target whether it can reach what it reads or writes.
package struct Discovery {
  private let tap: Connector
  private let role: Plan.Stage.Role
  private let config: JSONObject
  private let environment: [String: String]
  /// Where the tap runs.
  private let folder: String
  /// What fills in the secrets of its configuration.
  private let secrets: SecretAccess?
  private let interrupt: Int32?
  /// The job whose file the settings stand in.
  private let job: Job?

  /// `interrupt` is a descriptor that becomes readable when the user asks to end; errors name the
  /// places of settings in the file of `job`.
  package init(
    _ tap: Connector,
    _ role: Plan.Stage.Role = .tap,
    config: JSONObject,
    environment: [String: String] = [:],
    folder: String,
    secrets: SecretAccess? = nil,
    interrupt: Int32? = nil,
    job: Job? = nil
  ) {
    self.tap = tap
    self.role = role
    self.config = config
    self.environment = environment
    self.folder = folder
    self.secrets = secrets
    self.interrupt = interrupt
    self.job = job
  }

  /// What the tap offers, if it says so within `seconds`.
  package func catalog(seconds: Double = Discovery.patience) throws(Failure) -> Catalog {
    let (capture, handed) = try ask("--discover", seconds: seconds) { !About.areMessages($0) }
    if capture.exit.isSuccess, capture.cut == nil,
      let catalog = (try? JSONValue.parse(capture.stdout)).flatMap(Catalog.init)
    {
      return catalog
    }
    throw failure("--discover", capture, handed, answer: "catalog", seconds)
  }

  /// Lets the tap or target test its connection.
  package func test() throws(Failure) {
    let (capture, handed) = try ask("--test") { _ in true }
    guard capture.exit.isSuccess, capture.cut == nil else {
      throw failure("--test", capture, handed, answer: "answer")
    }
  }

  /// The tap's whole output, if it ends within `limit` bytes and `seconds`; nil otherwise.
  func output(limit: Int, seconds: Double) throws(Failure) -> [UInt8]? {
    let (capture, handed) = try ask(nil, seconds: seconds, limit: limit) { _ in true }
    if capture.cut != nil { return nil }
    guard capture.exit.isSuccess else { throw failure("", capture, handed, answer: "answer") }
    return capture.stdout
  }

  /// How long a tap may take to answer.
  package static let patience = 600.0

  /// The answer, and the configuration that was handed over for it.
  private func ask(
    _ option: String?,
    seconds: Double = Discovery.patience,
    limit: Int = 64 << 20,
    _ isWanted: ([UInt8]) -> Bool
  ) throws(Failure) -> (Capture, HandedText) {
    let folder = try PrivateFolder()
    let path = "\(folder.path)/discover.config.json"
    var handed: HandedConfig?
    if let secrets {
      handed = try secrets.hand(.object(config), to: tap, role, at: path)
    } else {
      try PrivateFile.write(path, .object(config))
    }
    let text = HandedText(path)
    let command = tap.command(
      config: path,
      option.map { [$0] } ?? [],
      environment: environment,
      private: folder.path,
      folder: self.folder
    )
    let capture: Capture
    do throws(SpawnError) {
      capture = try Capture.run(
        command,
        seconds: seconds,
        limit: limit,
        interrupt: interrupt,
        isWanted: isWanted
      )
    } catch {
      throw Failure(error)
    }
    // It may have been given another token meanwhile, and the one before be void.
    for line in secrets.flatMap({ handed?.harvest($0) }) ?? [] {
      Console(showsProgress: false).show("warning: \(line)", .doubtful)
    }
    if capture.cut == .interrupted { throw Failure(.signal(Signal.interrupt), "interrupted") }
    return (capture, text)
  }

  private func failure(
    _ option: String,
    _ capture: Capture,
    _ handed: HandedText,
    answer: String,
    _ seconds: Double = Discovery.patience
  ) -> Failure {
    let lines = capture.errorLines
    let name = option.isEmpty ? tap.name : "\(tap.name) \(option)"
    if let note = lines.last.flatMap(ExitNote.init(line:)) {
      let kind = ExitCode(rawValue: note.code).kind ?? .bug
      let message = "\(name): \(note.message(outside: "discover.config.json"))"
      let place = handed.keys(in: note.message).flatMap { job?.place(of: $0, role) }
      return Failure(kind, (place.map { "\($0): " } ?? "") + message, hint: note.hint)
    }
    let reason =
      switch capture.cut {
      case .late?: "did not answer within \(Figures.seconds(seconds))"
      case .unwanted?: "printed messages in place of a \(answer)"
      default:
        capture.exit.isSuccess ? "printed no \(answer)" : "exited with \(capture.exit.shellCode)"
      }
    return Failure(
      capture.cut == .late
        ? .temporary : ExitCode(rawValue: capture.exit.shellCode).kind ?? .plugin(1),
      "\(name) \(reason)",
      hint: lines.isEmpty ? nil : lines.suffix(5).joined(separator: "\n     ")
    )
  }
}
