internal import Glibc
package import JSON
internal import Posix

/// What the stages of a run said on standard error, one JSON object a line, in
/// `DATIVO_HOME/runs/<run>.log.jsonl`: details, too, that are not shown.
///
/// A flood is counted here as it is shown. A disk that is full ends the log,
/// never the run.
package final class RunLog {
  private let path: String
  private var file: Int32?
  private var size = 0
  /// Bytes after which nothing more is kept.
  private static let limit = 64 << 20

  package init(path: String) { self.path = path }

  deinit { if let file { close(file) } }

  /// Where the log of a run lies.
  package static func path(_ home: String, _ run: String) -> String {
    "\(home)/runs/\(run).log.jsonl"
  }

  /// Appends lines; secrets in them are hidden, once more for those of stages.
  package func take(_ lines: [LogLine], attempt: Int) {
    guard size < Self.limit else { return }
    let time = Clock.timestamp
    let redactor = Redactor.known
    var text = ""
    for line in lines {
      var object = JSONObject()
      object["time"] = .string(time)
      object["attempt"] = .number(JSONNumber(attempt))
      object["stage"] = .string(line.stage)
      object["level"] = line.level.map { .string($0.rawValue) }
      object["line"] = .string(redactor.applied(to: line.text))
      text += JSONValue.object(object).encoded() + "\n"
    }
    append(Array(text.utf8))
  }

  private func append(_ bytes: [UInt8]) {
    do throws(PosixError) {
      if file == nil {
        try Files.makeFolder(Files.folder(of: path), mode: 0o700)
        file = try Descriptor(opening: path, O_WRONLY | O_CREAT | O_APPEND, mode: 0o600).release()
      }
    } catch {
      size = Self.limit
      return
    }
    guard let file else { return }
    size += bytes.count
    // SAFETY: the bytes are lent for the call.
    let isWritten: Void? = unsafe bytes.withUnsafeBytes { try? unsafe Descriptor.write(file, $0) }
    if isWritten == nil { size = Self.limit }
  }

  /// The lines of a log, of one stage or of all; none where the run said nothing.
  package static func lines(_ path: String, stage: String?) -> [JSONValue] {
    guard let bytes = try? Files.read(path) else { return [] }
    return bytes.split(separator: 0x0A).compactMap { try? JSONValue.parse(Array($0)) }
      .filter { stage == nil || $0["stage"]?.string == stage }
  }
}
