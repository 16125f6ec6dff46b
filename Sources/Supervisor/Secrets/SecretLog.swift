internal import Glibc
internal import JSON
internal import Posix
internal import Secrets

/// Who asked for which secret, when, and in which run.
///
/// JSON lines in `DATIVO_HOME/secrets`, for the owner only; no value ever stands there. One line is one write at the file's end, so that processes side by side do not mix theirs. A log
/// that cannot be written does not keep a run from its work.
struct SecretLog: Sendable {
  private let home: String
  private let job: String
  private let run: String?

  init(home: String, job: String, run: String?) {
    self.home = home
    self.job = job
    self.run = run
  }

  var path: String { "\(home)/secrets/access.jsonl" }

  /// Notes what became of a secret that was found.
  func note(_ outcome: String, _ use: SecretAccess.Use) {
    var line = begin(outcome, use.reference, use.plugin)
    line["backend"] = .string(use.backend)
    line["place"] = .string(use.place)
    line["scope"] = .string(use.scope)
    line["version"] = use.version.map { .string($0) }
    append(line)
  }

  /// Notes that one was asked for in vain.
  func note(_ outcome: String, _ reference: SecretReference, for plugin: String) {
    append(begin(outcome, reference, plugin))
  }

  private func begin(
    _ outcome: String,
    _ reference: SecretReference,
    _ plugin: String
  ) -> JSONObject {
    [
      "time": .string(Clock.timestamp), "who": .string(Person.current), "job": .string(job),
      "run": run.map { .string($0) } ?? .null, "plugin": .string(plugin),
      "secret": .string(reference.text), "outcome": .string(outcome),
    ]
  }

  private func append(_ line: JSONObject) {
    let bytes = Array((JSONValue.object(line).encoded() + "\n").utf8)
    do throws(PosixError) {
      try Files.makeFolder(Files.folder(of: path), mode: 0o700)
      let file = try Descriptor(opening: path, O_WRONLY | O_CREAT | O_APPEND, mode: 0o600)
      // SAFETY: the bytes are lent for the call.
      unsafe bytes.withUnsafeBytes { try? unsafe Descriptor.write(file.raw, $0) }
    } catch {
      return
    }
  }
}
