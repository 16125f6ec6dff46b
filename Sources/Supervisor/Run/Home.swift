internal import Posix
package import Wire

/// The folder of a project's state, runs and locks.
package enum Home {
  /// `DATIVO_HOME`, or `.dativo` beside the job file; absolute.
  package static func folder(_ job: Job) -> String { folder(of: job.folder) }

  /// The folder for a project without a job file at hand: of `folder`.
  package static func folder(of folder: String) -> String {
    let named = Environment.value("DATIVO_HOME").flatMap { $0.isEmpty ? nil : $0 }
    return Paths.absolute(named ?? "\(folder)/.dativo")
  }

  /// The folder below which a project's own secrets, what is kept of them and the access log lie:
  /// that of `folder`, also for the runs of a torture, whose home is another.
  static func ofSecrets(in folder: String) -> String {
    Environment.value(secretsVariable) ?? self.folder(of: folder)
  }

  /// The variable by which such runs are told.
  static let secretsVariable = "DATIVO_SECRETS_HOME"

  /// The state store of a job.
  package static func store(_ job: Job) throws(Failure) -> any StateStore {
    let path = job.statePath.map { Paths.absolute($0, from: job.folder) }
    switch job.stateBackend {
    case .file:
      return FileStateStore(
        root: path ?? "\(folder(job))/state",
        tenant: job.tenant,
        job: job.name,
        part: job.part?.stream
      )
    case .sqlite:
      let file = path ?? "\(folder(job))/state.db"
      guard !Paths.isFolder(file) else {
        throw Failure(
          .configuration,
          "\(job.file): \"state.path\" is a folder (\(file)), and a database is a file",
          hint: "Write `state: {backend: sqlite, path: \(file)/state.db}`."
        )
      }
      return SQLiteStateStore(
        path: file,
        tenant: job.tenant,
        job: job.name,
        part: job.part?.stream
      )
    }
  }
}
