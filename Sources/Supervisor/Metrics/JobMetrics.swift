internal import JSON
package import Wire

/// The figures of each job's last run, for a collector: what `dativo runs metrics` writes.
package struct JobMetrics {
  private static let families: KeyValuePairs = [
    "dativo_job_running": "1 while a run of the job is under way.",
    "dativo_job_last_run_start_timestamp_seconds":
      "When the last run of the job that is over began.",
    "dativo_job_last_run_duration_seconds": "How long it took.",
    "dativo_job_last_run_status": "1 for what it came to, 0 for all else that it might have.",
    "dativo_job_last_run_exit_code": "Its exit code.",
    "dativo_job_last_run_attempts": "How often it was tried.",
    "dativo_job_last_success_timestamp_seconds":
      "When the last run began in which every stage ended well and every record passed.",
    "dativo_job_last_run_records": "Records of the last run by what became of them.",
    "dativo_job_last_run_stream_records":
      "Records of one stream, in its last attempt, by what became of them.",
    "dativo_job_last_run_read_bytes": "Bytes that the tap sent.",
    "dativo_job_last_run_stage_wait_seconds":
      "How long a stage of the last attempt waited for its input, and for what takes its output.",
    "dativo_job_last_run_sandbox_info":
      "How a plugin was confined: the backend, none for no confinement; what it enforced and what not.",
  ]

  private static let ends: [RunRecord.Outcome] = [.success, .partial, .failed, .interrupted]

  /// What is known of records, as records of runs name it.
  private static let outcomes = [
    "read", "passed", "violating", "quarantined", "filtered", "skipped", "uncommitted", "committed",
  ]

  private var exposition = Exposition(families)

  /// The figures of the jobs that `filter` leaves, in the order of their names, and the runs whose
  /// records cannot be read.
  ///
  /// Runs of a time or of the first records say nothing of a job; the parts of a job tell of their
  /// streams as that job's.
  package static func of(
    _ index: RunIndex,
    _ filter: RunIndex.Filter
  ) throws(Failure) -> (exposition: Exposition, unreadable: [String]) {
    let rows = try index.rows(filter).filter(\.isWhole)
    let parts = Set(rows.flatMap(\.parts))
    var jobs: [String: [RunRow]] = [:]
    for row in rows where !parts.contains(row.run) { jobs[row.job, default: []].append(row) }
    var metrics = JobMetrics()
    for job in jobs.keys.sorted() { metrics.take(job, jobs[job] ?? [], index) }
    return (metrics.exposition, metrics.unreadable)
  }

  private var unreadable: [String] = []

  /// One job, by its runs, the newest first.
  private mutating func take(_ job: String, _ rows: [RunRow], _ index: RunIndex) {
    let running = RunRecord.Outcome.running.rawValue
    let isRunning = rows.contains { $0.status == running }
    exposition.add("dativo_job_running", ["job": job], JSONNumber(isRunning ? 1 : 0))
    guard let last = rows.first(where: { $0.status != running }) else { return }
    take(last)
    for run in [last.run] + last.parts {
      do throws(Failure) {
        let record = try index.record(run)
        if run == last.run { take(record, of: job) }
        takeStreams(record, of: job)
        // The parts are confined alike.
        if run == last.parts.first ?? last.run { takeSandbox(record, of: job) }
      } catch {
        unreadable.append(run)
      }
    }
    let success = rows.first { $0.status == RunRecord.Outcome.success.rawValue }
    let begun = success.flatMap(Self.start)
    exposition.add("dativo_job_last_success_timestamp_seconds", ["job": job], begun)
  }

  /// What the index has of a run.
  private mutating func take(_ row: RunRow) {
    let job: KeyValuePairs = ["job": row.job]
    exposition.add("dativo_job_last_run_start_timestamp_seconds", job, Self.start(row))
    exposition.add("dativo_job_last_run_exit_code", job, row.exit.map(JSONNumber.init))
    exposition.add("dativo_job_last_run_attempts", job, JSONNumber(row.attempts))
    // Of a run that was killed nobody knows how long it took.
    if row.exit != nil {
      exposition.add("dativo_job_last_run_duration_seconds", job, JSONNumber(row.seconds))
    }
    for status in Self.ends.map(\.rawValue) + ["killed"] {
      exposition.add(
        "dativo_job_last_run_status",
        ["job": row.job, "status": status],
        JSONNumber(status == row.status ? 1 : 0)
      )
    }
  }

  private static func start(_ row: RunRow) -> JSONNumber? {
    Instant(row.started.prefix(19) + "Z").map { JSONNumber($0.seconds) }
  }

  /// What only the record has.
  private mutating func take(_ record: JSONValue, of job: String) {
    exposition.add("dativo_job_last_run_read_bytes", ["job": job], record["bytes_read"]?.number)
    for outcome in Self.outcomes {
      exposition.add(
        "dativo_job_last_run_records",
        ["job": job, "outcome": outcome],
        record["rows"]?[outcome]?.number
      )
    }
    for stage in Self.stages(record) {
      for (way, key) in [("read", "read_seconds"), ("write", "write_seconds")] {
        exposition.add(
          "dativo_job_last_run_stage_wait_seconds",
          ["job": job, "stage": stage["role"]?.string ?? "", "on": way],
          stage["waited"]?[key]?.number
        )
      }
    }
  }

  private mutating func takeStreams(_ record: JSONValue, of job: String) {
    for stream in record["streams"]?.object ?? [:] {
      for outcome in Self.outcomes {
        exposition.add(
          "dativo_job_last_run_stream_records",
          ["job": job, "stream": stream.key, "outcome": outcome],
          stream.value[outcome]?.number
        )
      }
    }
  }

  /// How its plugins were confined.
  private mutating func takeSandbox(_ record: JSONValue, of job: String) {
    let stages = Self.stages(record)
    // Of a run that ended before it started anything nothing was confined.
    for confined in stages.isEmpty ? [:] : record["sandbox"]?.object ?? [:] {
      let plugin = stages.first { $0["role"]?.string == confined.key }?["name"]?.string
      exposition.add(
        "dativo_job_last_run_sandbox_info",
        [
          "job": job, "stage": confined.key, "plugin": plugin ?? "",
          "backend": (confined.value["backend"] ?? confined.value).string ?? "",
          "enforced": Self.list(confined.value["enforced"]),
          "not_enforced": confined.value.string == nil
            ? Self.list(confined.value["not_enforced"]) : "everything",
        ],
        JSONNumber(1)
      )
    }
  }

  private static func stages(_ record: JSONValue) -> [JSONValue] {
    record["attempts"]?.array?.last?["stages"]?.array ?? []
  }

  private static func list(_ value: JSONValue?) -> String {
    (value?.array ?? []).compactMap(\.string).joined(separator: ", ")
  }
}
