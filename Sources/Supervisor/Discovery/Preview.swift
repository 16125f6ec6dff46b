internal import Posix
package import Wire

/// What a run would do: its plan, made from all that a run looks up, and then left alone.
package struct Preview {
  package let plan: Plan
  package let warnings: [Finding]

  package init(_ job: Job) throws(Failure) {
    let catalog = PluginCatalog(project: job.folder)
    let job = try job.toldWindow(catalog)
    let notes = Notes()
    let preparation = Preparation(
      job,
      tap: try catalog.connector(job.source, .tap),
      target: try catalog.connector(job.target, .target),
      warn: { notes.lines.append($0) }
    )
    let parts = try preparation.parts()
    let begin = try StateView(job).plan
    plan = Plan(
      job,
      parts,
      run: "RUN",
      folder: "\(Home.folder(job))/run/\(job.tenant)/\(job.name)/RUN",
      state: begin.entry.state
    )
    warnings = (notes.lines + [begin.warning].compactMap(\.self)).map { Finding(.warning, $0) }
  }

  private final class Notes { var lines: [String] = [] }
}
