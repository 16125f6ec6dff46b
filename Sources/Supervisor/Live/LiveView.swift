internal import Glibc
package import JSON
internal import Posix

/// What `dativo top` shows: the live runs of this host, looked at twice a moment apart.
package struct LiveView: Sendable {
  package let runs: [LiveRun]
  private let before: ProcessUsage
  private let now: ProcessUsage

  /// Looks once more; without an earlier look half a second passes between two.
  package init(since former: LiveView? = nil) {
    before = former?.now ?? Self.firstLook()
    now = ProcessUsage()
    runs = LiveRun.all()
  }

  private static func firstLook() -> ProcessUsage {
    let usage = ProcessUsage()
    pause(0.5)
    return usage
  }

  /// Lets time pass.
  package static func pause(_ seconds: Double) {
    _ = try? Poll.readable([], milliseconds: Int32(seconds * 1000))
  }

  /// Whether somebody looks at standard output.
  package static var isWatched: Bool { isatty(1) == 1 }

  package var json: JSONValue { ["runs": .array(runs.map(json))] }

  private func json(_ run: LiveRun) -> JSONValue {
    var object = run.told.object ?? JSONObject()
    object["supervisor"] = .number(JSONNumber(run.pid))
    object["stages"] = .array(
      run.stages.map { stage in
        var entry: JSONObject = [
          "role": .string(stage.role), "name": .string(stage.name),
          "pid": .number(JSONNumber(stage.pid)),
        ]
        entry["cpu_percent"] = now.share(of: stage.pid, since: before).map {
          RunRecord.decimal($0 * 100)
        }
        if let usage = now.groups[stage.pid] {
          entry["cpu_seconds"] = RunRecord.decimal(usage.seconds)
          entry["memory_bytes"] = .number(JSONNumber(usage.bytes))
        }
        return .object(entry)
      }
    )
    return .object(object)
  }

  /// The cells of a table, heads first: a line for each run, one below for each stage.
  package var cells: [[String]] {
    var cells = [["JOB", "PID", "ELAPSED", "READ", "COMMITTED", "ROWS/S", "CPU", "MEMORY", ""]]
    for run in runs {
      cells.append([
        run.job, "\(run.pid)", Figures.seconds(run.seconds), Figures.count(run.read),
        run.committed.map(Figures.count) ?? "-", Figures.count(Int(run.rate.rounded())), "", "",
        run.slowest.isEmpty ? "" : "waits for \(run.slowest)",
      ])
      for stage in run.stages {
        let usage = now.groups[stage.pid]
        let share = now.share(of: stage.pid, since: before)
        cells.append([
          "  \(stage.role)", "\(stage.pid)", "", "", "", "",
          share.map { "\(Int(($0 * 100).rounded()))%" } ?? "-",
          usage.map { Figures.bytes(Double($0.bytes)) } ?? "ended", stage.name,
        ])
      }
    }
    return cells
  }
}
