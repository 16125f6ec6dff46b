internal import Commits
internal import JSON
internal import Wire

/// Parts that a job was run in and that it does not list any more.
///
/// A refresh of the whole job loads the others in place of what is there; what these have brought
/// goes, too.
struct UnlistedParts {
  private let job: Job
  let names: [String]

  /// Streams that are not selected are no such parts: of them a refresh keeps the rows.
  init(of job: Job, beside parts: [Job.Part]) {
    self.job = job
    let listed = Set(parts.map(\.stream))
    names = job.partitions.isEmpty ? [] : PartList(of: job).names.filter { !listed.contains($0) }
  }

  /// Takes the rows of each away; returns what the user should know of those that stay.
  func clear() -> [String] {
    var warnings: [String] = []
    for name in names {
      do throws(Failure) {
        try clear(name)
      } catch {
        warnings.append(
          "the rows of \(name), which is not listed any more, stay: \(error.message)"
            + (error.hint.map { ". \($0)" } ?? "")
        )
      }
    }
    return warnings
  }

  private func clear(_ name: String) throws(Failure) {
    var part = job.divided(Job.Part(stream: name, catalog: nil))
    part.target.config["tail"] = nil
    guard let log = try StateView.log(part) else {
      throw Failure(.configuration, "the target keeps no commits", hint: "Remove them by hand.")
    }
    let why = "dativo run --full-refresh without \(name)"
    let store = try Home.store(part)
    try store.lock.take(for: why, obeysHold: false)
    defer { store.lock.release() }
    let pipeline = part.target.config["pipeline"]?.string ?? part.pipeline
    let files = try part.commits(after: 0, pipeline)?.flatMap(\.files) ?? []
    if !files.isEmpty {
      try log.reset(reason: why, keepingRows: false)
      for stream in Set(files.map(\.stream)).sorted() { try log.loadNothing(of: stream) }
      try store.put(StateEntry(try log.last(), cause: StateCause(why: why)))
    }
    try PartList.remove(name, of: job)
  }
}
