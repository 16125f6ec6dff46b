internal import Contracts
internal import JSON

/// A schedule of the predecessor's runner, for whoever calls `dativo run` from now on.
package struct V1Schedule: Sendable {
  package let name: String
  /// The job's file here; nil where that was not carried.
  package let job: String?
  /// Five fields of cron, or nil.
  package let cron: String?
  package let intervalSeconds: Int?
  package let timeZone: String?
  package let isEnabled: Bool

  /// The schedules that a runner's file lists; those whose job was not carried are noted.
  ///
  /// `jobs` leads from the file of a job there to the file here.
  static func list(
    _ runner: Marked,
    in project: V1Project,
    jobs: [String: String],
    _ notes: inout ImportNotes
  ) -> [V1Schedule] {
    let orchestrator = runner["orchestrator"]
    for (key, value) in orchestrator?.members ?? [] where !["type", "schedules"].contains(key) {
      notes.left(value, "\(key) of the runner")
    }
    return (orchestrator?["schedules"]?.elements ?? []).map { entry in
      let config = entry["config"]
      let job = config?.text.flatMap(project.file).flatMap { jobs[$0] }
      let schedule = V1Schedule(
        name: entry["name"]?.text ?? "",
        job: job,
        cron: entry["cron"]?.text,
        intervalSeconds: entry["interval_seconds"]?.text.flatMap { Int($0) },
        timeZone: entry["timezone"]?.text,
        isEnabled: entry["enabled"]?.json.bool ?? true
      )
      if job == nil {
        notes.left(config ?? entry, "the schedule \(schedule.name): its job is not carried")
      } else {
        notes.carried(entry, "the schedule \(schedule.name), listed: nothing here runs it")
      }
      return schedule
    }
  }

  /// A line for a crontab, or for whatever else calls it.
  package var text: String {
    let interval = intervalSeconds.map { "every \($0) s:" }
    let when = cron ?? interval ?? "at no time:"
    let notes = [name, timeZone ?? "", isEnabled ? "" : "disabled"].filter { !$0.isEmpty }
    return "\(when) dativo run \(job ?? "(not carried)")  # \(notes.joined(separator: ", "))"
  }

  var json: JSONValue {
    [
      "name": .string(name), "job": job.map { .string($0) } ?? .null,
      "cron": cron.map { .string($0) } ?? .null,
      "interval_seconds": intervalSeconds.map { .number(JSONNumber($0)) } ?? .null,
      "timezone": timeZone.map { .string($0) } ?? .null, "enabled": .bool(isEnabled),
    ]
  }
}
