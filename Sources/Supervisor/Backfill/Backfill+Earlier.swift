internal import Commits
internal import Wire

/// Windows that an earlier backfill of the job has loaded.
extension Backfill {
  /// Takes windows that another has loaded as they are for done; returns how many.
  ///
  /// Refuses those that overlap what another has loaded: their rows would be there twice. What is
  /// loaded is asked of the destination, if it `keepsLog`.
  mutating func adopt(
    from others: [Backfill],
    _ job: Job,
    keepsLog: Bool
  ) throws(Failure) -> Int {
    var adopted = 0
    var runs: [String: Set<String>] = [:]
    for other in others where mayMeet(other) {
      for loaded in other.units where !loaded.runs.isEmpty {
        let met = units.indices.filter { units[$0].meets(loaded) }
        guard !met.isEmpty else { continue }
        if keepsLog, runs[loaded.pipeline] == nil,
          let commits = try job.commits(after: 0, loaded.pipeline)
        {
          runs[loaded.pipeline] = Set(commits.filter { $0.kind == .data }.map(\.run))
        }
        guard runs[loaded.pipeline].map({ !$0.isDisjoint(with: loaded.runs) }) ?? loaded.isDone
        else { continue }
        for index in met {
          guard units[index].window == loaded.window,
            Set(request.select) == Set(other.request.select)
          else { throw Self.refusal(units[index], loaded, other) }
          units[index].status = .done
          units[index].runs = loaded.runs
          adopted += 1
        }
      }
    }
    return adopted
  }

  /// Whether another may have loaded rows that this one loads.
  private func mayMeet(_ other: Backfill) -> Bool {
    guard id != other.id, request.from < other.request.to, other.request.from < request.to else {
      return false
    }
    let streams = [request.select, other.request.select].map { patterns in
      Set(patterns.filter { !$0.hasPrefix("!") }.map { String($0.prefix { $0 != "." }) })
    }
    let areOpen = streams.contains { names in
      names.isEmpty || names.contains { name in name.contains { "*?[".contains($0) } }
    }
    return areOpen || !streams[0].isDisjoint(with: streams[1])
  }

  private static func refusal(
    _ unit: BackfillUnit,
    _ loaded: BackfillUnit,
    _ other: Backfill
  ) -> Failure {
    Failure(
      .configuration,
      "\(unit.name) overlaps \(loaded.name), which the backfill from \(other.request.from.short) "
        + "to \(other.request.to.short) by \(other.request.length) has loaded: rows would be there "
        + "twice",
      hint: "Begin where that ends, or take windows that are the same, with the same --select; "
        + "--restart loads all the same."
    )
  }
}

extension BackfillUnit {
  fileprivate var isDone: Bool { status == .done }

  /// Whether it has not been tried and is of a time and part of which another is, too.
  fileprivate func meets(_ other: BackfillUnit) -> Bool {
    status != .done && runs.isEmpty && part == other.part && window.meets(other.window)
  }
}
