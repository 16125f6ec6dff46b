internal import Commits
internal import JSON
internal import Posix

/// An answer that costs a process or two to get, kept below a project's home until anything that it
/// rests on has changed.
///
/// It is a convenience: where it cannot be read or written, the question is asked again. A home is
/// not made for it, since what only looks writes nothing.
struct KeptAnswer {
  private let home: String
  private let path: String
  private let grounds: JSONValue

  /// `grounds` are all that the answer rests on.
  init(_ question: String, grounds: JSONObject, home: String) {
    self.home = home
    self.grounds = .object(grounds)
    let digest = Digest.hex(Array(self.grounds.encoded().utf8)).prefix(16)
    path = "\(home)/answers/\(question)-\(digest).json"
  }

  func read() -> JSONValue? {
    guard let bytes = try? Files.read(path), let kept = try? JSONValue.parse(bytes),
      kept["grounds"] == grounds
    else { return nil }
    return kept["answer"]
  }

  func write(_ answer: JSONValue) {
    guard Paths.isFolder(home) else { return }
    let kept: JSONValue = ["grounds": grounds, "answer": answer]
    try? Files.makeFolder(Files.folder(of: path))
    try? Files.replace(path, Array((kept.encoded(pretty: true) + "\n").utf8))
  }
}
