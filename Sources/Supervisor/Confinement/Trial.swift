internal import Children
internal import JSON
internal import Posix
internal import Sandbox
internal import Synchronization
internal import Wire

/// The strongest backend that works here.
enum Trial {
  private static let answers = Answers()

  /// What was found is kept below `home`.
  static func backend(_ launcher: String, home: String) throws(Failure) -> Backend {
    try answers.get(launcher, home).get()
  }

  private static func find(_ launcher: String, _ home: String) -> Result<Backend, Failure> {
    let kept = TrialGrounds.of(launcher).map { KeptAnswer("sandbox", grounds: $0, home: home) }
    if let backend = kept?.read()?.string.flatMap(Backend.init(rawValue:)) {
      return .success(backend)
    }
    let found = ask(launcher)
    if case .success(let backend) = found { kept?.write(.string(backend.rawValue)) }
    return found
  }

  /// What `dativo-sandbox --probe` says now.
  static func ask(_ launcher: String) -> Result<Backend, Failure> {
    let command = Command(
      launcher,
      ["--probe", "--json"],
      environment: StageEnvironment.base,
      folder: "/"
    )
    do throws(SpawnError) {
      let capture = try Capture.run(command, seconds: 30, limit: 1 << 16)
      if capture.exit.isSuccess, let answer = try? JSONValue.parse(capture.stdout),
        let backend = answer["backend"]?.string.flatMap(Backend.init(rawValue:))
      {
        return .success(backend)
      }
      let note = capture.errorLines.last.flatMap(ExitNote.init(line:))
      return .failure(
        Failure(
          .configuration,
          note?.message ?? "dativo-sandbox --probe exited with \(capture.exit.shellCode)",
          hint: (note?.hint.map { "\($0) " } ?? "")
            + "`sandbox: none` in the job runs its plugins unconfined."
        )
      )
    } catch {
      return .failure(Failure(error))
    }
  }

  private final class Answers: Sendable {
    private let known = Mutex<[String: Result<Backend, Failure>]>([:])

    func get(_ launcher: String, _ home: String) -> Result<Backend, Failure> {
      known.withLock { known in
        if let answer = known[launcher] { return answer }
        let answer = Trial.find(launcher, home)
        known[launcher] = answer
        return answer
      }
    }
  }
}
