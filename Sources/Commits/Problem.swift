/// Something at a destination that is not as its commit logs say.
package struct Problem: Hashable, Sendable {
  /// What is wrong.
  package enum Kind: String, Sendable {
    case missingCommit = "missing_commit"
    case malformedCommit = "malformed_commit"
    case brokenChain = "broken_chain"
    case wrongSnapshot = "wrong_snapshot"
    /// The newest commit names a file that still waits in staging.
    case unfinished
    case missingFile = "missing_file"
    case wrongSize = "wrong_size"
    case wrongDigest = "wrong_digest"
    case wrongRows = "wrong_rows"
    case unreadableFile = "unreadable_file"
    /// A file that a commit removed is still there.
    case removedFile = "removed_file"
    case unknownFile = "unknown_file"
    /// Staged data that no commit names: no reader sees them, the next writer removes them.
    case leftover
  }

  package let kind: Kind
  /// The object or file concerned, relative to the destination.
  package let subject: String
  /// What was expected and what was found.
  package let message: String
  /// What to do about it.
  package let hint: String

  /// Whether every reader sees what was committed all the same.
  package var isHarmless: Bool { kind == .leftover }
}
