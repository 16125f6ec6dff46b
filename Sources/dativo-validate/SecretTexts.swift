import JSON
import Posix
import Telemetry
import Wire

/// What no reason may repeat: texts that whoever runs us knows to be secret, in a private file.
///
/// A record is data, and stays what it is; what is said of one must not carry its secrets to where
/// people read.
final class SecretTexts {
  private let path: String?
  private var stamp: Files.Stamp?
  private var mask = TextMask()
  private var nextLook: UInt64 = 0

  /// Reads a JSON list of texts; nil is none.
  init(_ path: String?) throws(Failure) {
    self.path = path
    guard path != nil, !read() else { return }
    throw Failure(.configuration, "the secrets_file cannot be read, or is no list of texts")
  }

  /// The text without them.
  ///
  /// The file is looked at again, since a tap may change its secrets.
  func masked(_ text: String) -> String {
    refresh()
    return mask.applied(to: text)
  }

  /// Every text in a value without them; the names of members stay.
  func masked(_ value: JSONValue) -> JSONValue {
    refresh()
    return mask.applied(to: value)
  }

  /// Looks ten times a second.
  private func refresh() {
    guard let path else { return }
    let now = Clock.monotonic
    guard now >= nextLook else { return }
    nextLook = now + 100_000_000
    if Files.stamp(of: path) != stamp { _ = read() }
  }

  private func read() -> Bool {
    guard let path, let bytes = try? Files.read(path),
      let texts = (try? JSONValue.parse(bytes))?.array?.map(\.string), !texts.contains(nil)
    else { return false }
    stamp = Files.stamp(of: path)
    mask = TextMask(Set(texts.compactMap(\.self).filter { !$0.isEmpty }))
    return true
  }
}
