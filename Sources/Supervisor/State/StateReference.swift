internal import JSON
package import Wire

/// A STATE as a user names it: the one now, a former one, or one in a file.
package enum StateReference: Hashable, Sendable {
  case now
  /// The number that `state history` shows.
  case version(Int)
  /// The commit of the destination that it is based on.
  case commit(Int)
  case file(String)

  /// Reads `now`, `7`, `commit:12` or the name of a file.
  package init(_ text: String) {
    if text == "now" {
      self = .now
    } else if let number = Int(text) {
      self = .version(number)
    } else if text.hasPrefix("commit:"), let number = Int(text.dropFirst("commit:".count)) {
      self = .commit(number)
    } else {
      self = .file(text)
    }
  }

  /// The entry meant, of those that `stored` has; nil for one in a file, and for now.
  package func entry(in stored: StateEntry) throws(Failure) -> StateEntry? {
    let all = [stored] + stored.history
    switch self {
    case .now, .file: return nil
    case .version(let number):
      if let entry = all.first(where: { $0.version == number }) { return entry }
      throw Failure(
        .usage,
        "the history has no state \(number)",
        hint: Self.known(all.map { "\($0.version)" })
      )
    case .commit(let number):
      // Between two commits that changed it the STATE is that of the one before.
      if let entry = all.first(where: { $0.sequence <= number && $0.sequence > 0 }) {
        return entry
      }
      throw Failure(
        .usage,
        "the history does not reach back to commit \(number)",
        hint: Self.known(all.filter { $0.sequence > 0 }.map { "commit:\($0.sequence)" })
      )
    }
  }

  private static func known(_ names: [String]) -> String {
    names.isEmpty ? "It is empty." : "It has \(names.joined(separator: ", "))."
  }
}
