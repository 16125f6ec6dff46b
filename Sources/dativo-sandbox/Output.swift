import ArgumentParser
import JSON
import Posix
import Sandbox
import Wire

/// What this program itself says: standard error is otherwise the plugin's.
enum Output {
  static func note(_ text: String) { write(2, "dativo-sandbox: \(text)\n") }

  static func line(_ text: String) { write(1, text + "\n") }

  /// A failure before the plugin was started.
  static func end(_ failure: Failure) -> Never {
    note(failure.message)
    if let hint = failure.hint { write(2, "  -> \(hint)\n") }
    let code = Wire.ExitCode(failure.kind).rawValue
    exit(code, failure.kind.name, failure.message, failure.hint)
    DativoSandbox.exit(withError: ArgumentParser.ExitCode(code))
  }

  /// The places on the network that the plugin wanted.
  static func report(_ path: String, _ reached: [String], _ refused: [String]) throws(Failure) {
    let object: JSONObject = [
      "reached": .array(reached.map { .string($0) }),
      "refused": .array(refused.map { .string($0) }),
    ]
    do throws(PosixError) {
      try Files.write(path, Array((JSONValue.object(object).encoded() + "\n").utf8))
    } catch {
      throw Failure(.io, "the report \(path) cannot be written: \(error.reason)")
    }
  }

  /// The object that ends the standard error of a stage that failed.
  static func exit(_ code: Int32, _ kind: String, _ message: String, _ hint: String?) {
    var event: JSONObject = [
      "event": "exit", "code": .number(JSONNumber(code)), "kind": .string(kind),
      "message": .string(message),
    ]
    if let hint { event["hint"] = .string(hint) }
    write(2, JSONValue.object(event).encoded() + "\n")
  }

  private static func write(_ raw: Int32, _ text: String) {
    // SAFETY: the bytes are lent for the call.
    try? unsafe Array(text.utf8).withUnsafeBytes { try unsafe Descriptor.write(raw, $0) }
  }
}

/// How a plugin ended, as far as its confinement has to do with it.
struct Ending {
  private let code: Int32
  private let message: String?
  private let hint: String?

  init(_ code: Int32, _ verdict: String?, _ missing: [String], _ policy: Policy) {
    self.code = code
    if let verdict {
      // It may go on without a child of its own, which the kernel has killed.
      let ended = code == 0 ? "a process of the plugin" : "the plugin"
      message = "\(ended) was ended: \(verdict)"
      hint =
        verdict.contains("output")
        ? "A tap ends its output by ending itself."
        : "`permissions.limits` of its plugin.yaml says how much it may use."
    } else if code != 0, !missing.isEmpty {
      let granted = policy.hosts.map(\.description).joined(separator: ", ")
      message =
        "the plugin failed; it wanted to reach \(missing.joined(separator: ", ")), which its policy "
        + "does not grant"
      hint =
        (granted.isEmpty ? "It is granted no host" : "It is granted \(granted)")
        + "; `permissions.hosts` of its plugin.yaml, or \"sandbox\" in the job, may name more."
    } else {
      message = nil
      hint = nil
    }
  }

  func tell() {
    guard let message else { return }
    Output.note(message)
    if code != 0 { Output.exit(code, "plugin", message, hint) }
  }
}
