internal import Glibc
internal import JSON
internal import Posix
internal import Wire

/// What a run that is under way tells other processes of its host: one line of JSON in its private
/// folder, rewritten once a second.
///
/// Who looks for live runs finds the file by the descriptor that stays open: it goes with the
/// process. A run that cannot write it goes on without.
final class LiveFile {
  static let name = "live.json"
  private let file: Int32?
  private var next = 0.0
  private var former: (seconds: Double, read: Int) = (0, 0)

  /// The file in the private folder of a run.
  init(in folder: String) {
    let path = "\(folder)/\(Self.name)"
    file = try? Descriptor(opening: path, O_WRONLY | O_CREAT, mode: 0o600).release()
  }

  deinit { if let file { close(file) } }

  /// Writes figures if a second has passed; they get the rate since they were written last.
  func write(_ seconds: Double, read: Int, _ figures: () -> JSONObject) {
    guard let file, seconds >= next else { return }
    next = seconds + 1
    var object = figures()
    let elapsed = seconds - former.seconds
    if elapsed > 0.05 {
      object["rows_per_second"] = RunRecord.decimal(Double(read - former.read) / elapsed)
    }
    former = (seconds, read)
    let bytes = Array((Redactor.known.applied(to: .object(object)).encoded() + "\n").utf8)
    // SAFETY: the bytes are lent for the call. Readers take the first line and read again where it
    // is no JSON.
    guard unsafe pwrite(file, bytes, bytes.count, 0) == bytes.count else { return }
    _ = ftruncate(file, off_t(bytes.count))
  }
}
