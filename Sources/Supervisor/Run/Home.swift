internal import Posix
package import Wire

/// The folder of a project's state, runs and locks.
package enum Home {
  /// `DATIVO_HOME`, or `.dativo` beside the job file; absolute.
  package static func folder(_ job: Job) -> String {
    let named = Environment.value("DATIVO_HOME").flatMap { $0.isEmpty ? nil : $0 }
    return named.map { Paths.absolute($0) } ?? "\(job.folder)/.dativo"
  }

  /// The state store of a job.
  package static func store(_ job: Job) throws(Failure) -> any StateStore {
    let root = job.stateFolder.map { Paths.absolute($0, from: job.folder) }
    return FileStateStore(
      root: root ?? "\(folder(job))/state",
      tenant: job.tenant,
      job: job.name
    )
  }
}
