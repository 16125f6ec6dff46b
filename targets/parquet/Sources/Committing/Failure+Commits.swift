import Commits
import ConnectorKit
import Storage
import Wire

extension Failure {
  /// A refusal of the commit log, as the edge tells it.
  init(_ error: CommitError) {
    switch error {
    case .locked(let pipeline):
      self.init(
        .temporary,
        "another process is writing as pipeline \(pipeline)",
        hint: "Wait until it has ended, or give this job a \"pipeline\" of its own."
      )
    case .fenced(let sequence):
      self.init(
        .temporary,
        "another writer took commit \(sequence): this one's turn is over, nothing is lost",
        hint: "Run again, from the STATE that --last-state tells."
      )
    case .owned(let stream, let other):
      self.init(
        .configuration,
        "the table \(stream) belongs to pipeline \(other)",
        hint:
          "Use another destination or stream name; or say \"shared\": true in both jobs, or for the "
          + "parts of one, where each loads rows of its own. A job that is divided otherwise than "
          + "before would load its rows a second time."
      )
    case .otherSource(let was, let now):
      self.init(
        .configuration,
        "the source has changed (\(was), now \(now)), so the stored STATE may not fit it",
        hint: "`dativo run JOB --full-refresh` loads it in place of what is there; `dativo state "
          + "accept JOB` goes on, if it is the same data. Without dativo: --reset-state, "
          + "--accept-source."
      )
    case .missingData(let sequence, let file):
      self.init(
        .bug,
        "commit \(sequence) names data that no longer exists: \(file)",
        hint: "Nothing further is written. Was a file of the destination moved or deleted?"
      )
    case .malformed(let object):
      self.init(.bug, "\(object) is not what a commit log holds")
    case .broken(let sequence):
      self.init(
        .bug,
        "commit \(sequence) does not follow the one before it: the commit log was changed",
        hint: "Nothing is written. Restore the folder _dativo of the destination."
      )
    case .foreign(let stream, let file):
      self.init(
        .configuration,
        "the folder of table \(stream) has files that no commit log knows: \(file)",
        hint:
          "\"adopt\": true adds to what another tool has written. Was the folder _dativo deleted? "
          + "Then move the old files away; nothing was changed."
      )
    case .occupied(let file):
      self.init(
        .configuration,
        "\(file) is there already, but the commit log does not know it",
        hint: "Was the folder _dativo deleted? Move the old files away, or take another "
          + "\"pipeline\"; nothing was replaced."
      )
    case .undecided(let sequence, let error):
      let cause = Failure(error)
      self.init(
        cause.kind,
        "commit \(sequence) may have been published or not: \(cause.message)",
        hint: "Nothing is lost: the next run finds out. \(cause.hint ?? "")"
      )
    case .store(let error): self.init(error)
    }
  }

  /// A failure of the storage, as the edge tells it.
  init(_ error: StoreError) {
    switch error {
    case .exists(let name): self.init(.bug, "\(name) is there already")
    case .absent(let name): self.init(.bug, "\(name) is not there any more")
    case .system(let error): self.init(error)
    case .refused(let message):
      self.init(
        .credentials,
        message,
        hint: "Credentials come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a web identity, "
          + "a profile, the container or the instance's role."
      )
    case .misplaced(let message): self.init(.configuration, message)
    case .unavailable(let message):
      self.init(.unavailable, message, hint: "Nothing is lost: run it again.")
    case .superseded(let name):
      self.init(
        .temporary,
        "\(name) was cleared away while it was written: another writer has taken over",
        hint: "Run again, from the STATE that --last-state tells."
      )
    case .rejected(let message): self.init(.io, message)
    }
  }
}
