internal import Children
internal import JSON
internal import Wire

/// A question to our tap or target for Airbyte, which knows engines and packages.
struct AirbyteQuestion {
  private let executable: String

  init(_ executable: String) { self.executable = executable }

  /// The line that it answers; its own failure, or `otherwise`, where it does not.
  func answer(
    _ words: [String],
    seconds: Double = 60,
    otherwise: String
  ) throws(Failure) -> String {
    let capture: Capture
    do throws(SpawnError) {
      let command = Command(executable, words, environment: StageEnvironment.base)
      capture = try Capture.run(command, seconds: seconds)
    } catch {
      throw Failure(error)
    }
    let line = String(decoding: capture.stdout, as: UTF8.self).split(separator: "\n").first
    if capture.exit.isSuccess, let line { return String(line) }
    let note = capture.errorLines.last.flatMap(ExitNote.init(line:))
    throw Failure(.configuration, note?.message ?? otherwise, hint: note?.hint)
  }
}
