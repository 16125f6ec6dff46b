internal import Glibc
package import JSON
internal import Posix

/// What the stages of a run showed on standard error, one JSON object a line, in
/// `DATIVO_HOME/runs/<run>.log.jsonl`.
///
/// Lines come as they are shown, so a flood is counted here, too. A disk that is full ends the log,
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

  /// Appends lines that begin with the role of their stage: `tap | …`.
  package func take(_ lines: [String], attempt: Int) {
    guard size < Self.limit else { return }
    let time = Clock.timestamp
    var text = ""
    for line in lines {
      let parts = line.split(separator: " | ", maxSplits: 1, omittingEmptySubsequences: false)
      let object: JSONValue = [
        "time": .string(time), "attempt": .number(JSONNumber(attempt)),
        "stage": .string(parts.count > 1 ? String(parts[0]) : "dativo"),
        "line": .string(String(parts.last ?? "")),
      ]
      text += object.encoded() + "\n"
    }
    append(Array(text.utf8))
  }

  private func append(_ bytes: [UInt8]) {
    do throws(PosixError) {
      if file == nil {
        try Files.makeFolder(Files.folder(of: path))
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
