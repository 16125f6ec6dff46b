package import JSON
internal import Posix
package import Wire

/// What a run would do: its plan, made from all that a run looks up, and then left alone.
package struct Preview {
  /// Of a job in parts that of one of them.
  package let plan: Plan
  /// The parts of a job that runs in parts, and how many of them run at a time; else nil.
  private let division: PartsPlan?
  package let warnings: [Finding]

  /// `name` is the part whose plan is made; by default the first.
  package init(_ job: Job, part name: String? = nil) throws(Failure) {
    let seen = try job.seen(part: job.partitions.isEmpty && job.isDivided ? nil : name)
    let plugins = PluginCatalog(project: job.folder)
    var told = try seen.toldWindow(plugins)
    let notes = Notes()
    let preparation = Preparation(
      told,
      tap: try plugins.connector(told.source, .tap),
      target: try plugins.connector(told.target, .target),
      warn: { notes.lines.append($0) }
    )
    var parts = try preparation.parts()
    if job.isDivided {
      guard let names = job.partNames(in: parts.catalog) else { throw job.indivisible }
      let chosen = told.part?.stream ?? name ?? names.first ?? ""
      guard names.contains(chosen) else { throw job.unknown(part: chosen, among: names) }
      if told.part == nil {
        told = told.divided(Job.Part(stream: chosen, catalog: nil))
        parts.catalog = parts.catalog?.narrowed(to: chosen)
      }
      division = try PartsPlan(job, names, shown: chosen)
    } else {
      division = nil
    }
    let begin = try StateView(told).plan
    plan = Plan(
      told,
      parts,
      run: "RUN",
      folder: "\(Home.folder(told))/run/\(told.tenant)/\(told.name)/RUN",
      state: begin.entry.state
    )
    warnings = (notes.lines + [begin.warning].compactMap(\.self)).map { Finding(.warning, $0) }
  }

  private final class Notes { var lines: [String] = [] }

  /// The plan; of a job in parts `{job, parallelism, parts, part, plan}`, where `plan` is that of
  /// `part`.
  package var json: JSONValue {
    guard let division else { return plan.json }
    var object = division.json
    object["plan"] = plan.json
    return .object(object)
  }

  package var text: String {
    (division.map { $0.lines + [""] } ?? []).map { $0 + "\n" }.joined() + plan.text
  }

  package var summary: String {
    let pipe = plan.stages.map(\.name).joined(separator: " | ")
    return division.map { "\($0.summary), each \(pipe)" } ?? "\(plan.job): \(pipe)"
  }
}
