package import Commits
internal import Posix
internal import Storage
package import Wire

extension Failure {
  /// What kept a commit log from being read, as the edge tells it.
  package init(_ error: CommitError) {
    switch error {
    case .malformed(let object):
      self.init(.data, "\(object) is not what a commit log holds", hint: Self.restore)
    case .broken(let sequence):
      self.init(
        .data,
        "commit \(sequence) does not follow the one before it: the commit log was changed",
        hint: Self.restore
      )
    case .locked(let pipeline):
      self.init(
        .temporary,
        "another process is writing as pipeline \(pipeline)",
        hint: "Wait until it has ended."
      )
    case .fenced(let sequence):
      self.init(
        .temporary,
        "another writer took commit \(sequence): nothing was changed",
        hint: "Run again."
      )
    case .missingData(let sequence, let file):
      self.init(
        .data,
        "commit \(sequence) names data that no longer exists: \(file)",
        hint: "Restore the file; nothing further is written until then."
      )
    case .undecided(let sequence, let cause):
      self.init(.io, "commit \(sequence) may have been published or not: \(Failure(cause).message)")
    case .store(let cause): self.init(cause)
    case .owned, .otherSource, .occupied, .foreign:
      self.init(.bug, "the commit log refused: \(error)")
    }
  }

  private static let restore = "Restore the folder _dativo of the destination from a backup."

  /// A failure of the storage.
  init(_ error: StoreError) {
    switch error {
    case .exists(let name): self.init(.bug, "\(name) is there already")
    case .absent(let name): self.init(.io, "\(name) is not there any more")
    case .system(let error): self.init(.io, "\(error)")
    case .refused(let message): self.init(.credentials, message)
    case .misplaced(let message): self.init(.configuration, message)
    case .unavailable(let message): self.init(.unavailable, message, hint: "Run it again.")
    case .superseded(let name):
      self.init(.temporary, "\(name) was cleared away: another writer has taken over")
    case .rejected(let message): self.init(.io, message)
    }
  }
}
