internal import Children
internal import JSON
internal import Posix
internal import Sandbox
internal import Synchronization
internal import Wire

/// The strongest backend that works here.
enum Trial {
  private static let answers = Answers()

  static func backend(_ launcher: String) throws(Failure) -> Backend {
    try answers.get(launcher).get()
  }

  /// What `dativo-sandbox --probe` said.
  private static func ask(_ launcher: String) -> Result<Backend, Failure> {
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

    func get(_ launcher: String) -> Result<Backend, Failure> {
      known.withLock { known in
        if let answer = known[launcher] { return answer }
        let answer = Trial.ask(launcher)
        known[launcher] = answer
        return answer
      }
    }
  }
}
