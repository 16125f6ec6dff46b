internal import Children
internal import JSON
internal import Posix
internal import Wire

/// One attempt of a run: its stages from their start to their end.
extension Runner {
  func makeFolders(_ plan: Plan) throws(Failure) {
    do throws(PosixError) {
      try Files.makeFolder(folder, mode: 0o700)
      for path in [plan.quarantine, plan.report].compactMap(\.self) {
        try Files.makeFolder(Files.folder(of: path))
      }
    } catch {
      throw Failure(.io, "the folder of the quarantine or the report cannot be made: \(error)")
    }
  }

  /// Starts the stages, tells how they get on, and returns what they came to.
  func attempt(
    _ plan: Plan,
    _ record: RunRecord,
    after entry: StateEntry
  ) throws(Failure) -> Attempt {
    var handed = try secrets.hand(plan.files)
    // Else the figures of a run before would stand for those of a stage that was killed.
    if Paths.isFile(plan.report) { Files.remove(plan.report) }
    let pipeline: Pipeline
    do throws(StartFailure) {
      pipeline = try Pipeline.start(plan, environment: environment)
    } catch {
      throw Failure(error)
    }
    let committed = record.committed ?? 0
    let source = plan.source
    let live = LiveFile(in: folder)
    let processes = pipeline.processes
    let attempt = pipeline.run(
      inbox,
      Pipeline.Observer(
        log: { [console, runLog] lines in
          console.show(lines)
          runLog.take(lines, attempt: record.attempts.count + 1)
        },
        committed: { [self] state in
          // For a target of ours the destination has it already; for any other this is all.
          guard plan.delivery == .atLeastOnce else { return }
          keep(StateEdit.carrying(entry.state, into: state), source)
        },
        progress: { [console, job, secrets] progress in
          let changes = secrets.harvest(&handed)
          for line in changes { console.show("warning: \(line)", .doubtful) }
          // A reason may repeat the new ones as well.
          if !changes.isEmpty { try? secrets.list(plan.files) }
          live.write(progress.seconds, read: progress.read) {
            var figures = ProgressText.figures(progress, of: record)
            figures["file"] = .string(Paths.absolute(job.file))
            figures["attempt"] = .number(JSONNumber(record.attempts.count + 1))
            figures["stages"] = processes
            return figures
          }
          console.progress {
            ProgressText.line(
              progress,
              countsCommits: record.countsCommits,
              committedBefore: committed
            )
          } _: {
            ProgressText.figures(progress, of: record)
          }
        }
      )
    )
    console.endProgress()
    for line in secrets.harvest(&handed) { console.show("warning: \(line)", .doubtful) }
    return attempt
  }
}
