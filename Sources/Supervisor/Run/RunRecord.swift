internal import Children
package import JSON
internal import Posix

/// What a run came to: kept in `DATIVO_HOME/runs`, printed by `--json`, told by the summary.
package struct RunRecord: Sendable {
  package enum Outcome: String, Sendable {
    case success, partial, failed, interrupted
    /// It is under way, or its process was killed.
    case running
  }

  package var run: String
  package var job: String
  package var pipeline: String
  package var delivery: Plan.Delivery
  package var started: String
  package var seconds = 0.0
  package var outcome = Outcome.failed
  package var exit: Int32 = 2
  package var attempts: [Attempt] = []
  /// The figures of the last attempt; nil where it left none.
  package private(set) var report: ValidationReport?
  /// Where every record of the last attempt went; nil where it did not end well, or cannot be known.
  package var counts: CountCheck?
  /// Records that broke a rule in the attempts before it, and those of them that were put aside.
  package private(set) var earlier = (violating: 0, quarantined: 0)
  /// What all attempts read, and where it is.
  package private(set) var totals = RecordTotals()
  private var lastWaiting = 0
  /// The quarantine file of the last attempt, and how many records of the run wait in its files.
  package var quarantine: (file: String, waiting: Int)?
  package var source: String
  private let contracts: [ContractMark]
  private let sandbox: JSONObject
  /// The time that was loaded; nil for what STATE said.
  package var window: TimeWindow?
  package var stateBefore: JSONValue?
  package var stateAfter: JSONValue?
  package var sequence = 0
  package var warnings: [String] = []
  /// Which plugin got which secret.
  package var secrets: [SecretAccess.Use] = []
  /// Why no further attempt was made, where the failure does not say it.
  package var stopReason: String?
  /// Whether the target tells what it commits.
  package var countsCommits: Bool
  /// The process, while the run is under way.
  package var owner: LockOwner?
  /// Whether the tap can be told where to go on.
  package var goesOn = true

  package init(_ plan: Plan, countsCommits: Bool, started: String = Clock.timestamp) {
    run = plan.run
    job = plan.job
    pipeline = plan.pipeline
    delivery = plan.delivery
    source = plan.source
    contracts = plan.contracts.map(ContractMark.init)
    sandbox = plan.sandbox
    stateBefore = plan.state
    stateAfter = plan.state
    self.countsCommits = countsCommits
    self.started = started
  }

  /// Takes the figures of an attempt, which are now the last.
  ///
  /// `waiting` is how many records it set aside for good, in `file`; nil where none is kept. Those
  /// that it quarantined beyond its last commit come again, and are counted then.
  package mutating func count(_ report: ValidationReport?, waiting: Int? = nil, in file: String?) {
    let passed = (self.report?.violating ?? 0) - (self.report?.quarantined ?? 0)
    earlier.violating += passed + lastWaiting
    earlier.quarantined += lastWaiting
    self.report = report
    totals.add(report, attempts.last, waiting: countsCommits ? waiting : nil)
    lastWaiting = waiting ?? report?.quarantined ?? 0
    if let file { quarantine = (file, (quarantine?.waiting ?? 0) + lastWaiting) }
  }

  /// Whether no record broke a rule, in any attempt, nor a stream as a whole.
  package var isClean: Bool {
    let broken = earlier.violating + earlier.quarantined
    return broken + (report?.violating ?? 0) + (report?.quarantined ?? 0) == 0
      && report?.breaksRules != true
  }

  /// Who failed in the last attempt.
  package var blame: Diagnosis.Blame? {
    if case .failed(let blame)? = attempts.last?.diagnosis { blame } else { nil }
  }

  /// Rows that all attempts committed; nil where the target does not tell.
  package var committed: Int? {
    countsCommits ? attempts.reduce(0) { $0 + ($1.meters.last?.rowsCommitted ?? 0) } : nil
  }

  /// Rows that the last attempt committed.
  package var committedLast: Int? {
    countsCommits ? attempts.last?.meters.last?.rowsCommitted ?? 0 : nil
  }

  /// Rows that the last attempt's target left out, for they are there already.
  package var skippedLast: Int { attempts.last?.meters.last?.recordsSkipped ?? 0 }

  package var bytesRead: Int {
    attempts.reduce(0) { $0 + ($1.meters.dropFirst().first?.bytesIn ?? 0) }
  }

  /// Whether what was read is what was committed, left out and put aside; nil where that is not
  /// known.
  package var addsUp: Bool? {
    if let counts { return counts.differences.isEmpty }
    guard let report, !report.hasUncounted, let committed else { return nil }
    return totals.read
      == committed + totals.skipped + totals.quarantined + totals.filtered + totals.uncommitted
  }
}

extension RunRecord {
  /// The record as JSON; a figure that is not known is absent, never 0, and secrets are hidden.
  package var json: JSONValue {
    let redactor = Redactor.known
    var object = JSONObject()
    object["format"] = 1
    object["run"] = .string(run)
    object["job"] = .string(job)
    object["pipeline"] = .string(pipeline)
    object["delivery"] = .string(delivery.rawValue)
    object["source"] = .string(source)
    if !contracts.isEmpty { object["contracts"] = .array(contracts.map(\.json)) }
    if !sandbox.isEmpty { object["sandbox"] = .object(sandbox) }
    if let window { object["window"] = window.json }
    object["started"] = .string(started)
    object["seconds"] = Self.decimal(seconds)
    object["outcome"] = .string(outcome.rawValue)
    if outcome != .running { object["exit"] = .number(JSONNumber(exit)) }
    if let owner { object["owner"] = owner.json }
    object["rows"] = .object(rows)
    if bytesRead > 0 { object["bytes_read"] = .number(JSONNumber(bytesRead)) }
    if let report {
      object["streams"] = .object(
        JSONObject(
          report.streams.sorted { $0.key < $1.key }.map { name, stream in
            (key: name, value: figures(of: name, stream))
          }
        )
      )
    }
    if !secrets.isEmpty { object["secrets"] = .array(secrets.map(\.json)) }
    if let limit = report?.limit { object["limit"] = limit.json }
    if let quarantine {
      object["quarantine"] = [
        "file": .string(quarantine.file), "waiting": .number(JSONNumber(quarantine.waiting)),
      ]
    }
    object["state"] = [
      "before": redactor.applied(to: stateBefore ?? .null),
      "after": redactor.applied(to: stateAfter ?? .null),
      "sequence": .number(JSONNumber(sequence)),
    ]
    object["attempts"] = .array(attempts.map { redactor.applied(to: $0.json) })
    if let blame { object["failure"] = redactor.applied(to: blame.json(in: attempts.last)) }
    if let stopReason { object["stopped"] = .string(redactor.applied(to: stopReason)) }
    object["warnings"] = .array(warnings.map { .string(redactor.applied(to: $0)) })
    return .object(object)
  }

  /// Of the last attempt: what became of a stream's records, and its pace.
  private func figures(of name: String, _ stream: ValidationReport.Stream) -> JSONValue {
    guard var object = stream.json.object else { return stream.json }
    for member in stream.rules.members {
      object[member.key] = Redactor.known.applied(to: member.value)
    }
    if let committed = committed(of: name) {
      object["committed"] = .number(JSONNumber(committed))
    }
    if let seconds = attempts.last?.seconds, seconds > 0.001 {
      object["rows_per_second"] = .number(
        JSONNumber(Int((Double(stream.read) / seconds).rounded()))
      )
    }
    return .object(object)
  }

  /// Rows of a stream that the last attempt committed; nil where the target does not tell.
  package func committed(of stream: String) -> Int? {
    guard countsCommits, let meter = attempts.last?.meters.last else { return nil }
    return meter.streams[stream]?.recordsCommitted ?? 0
  }

  private var rows: JSONObject {
    var rows = JSONObject()
    if report != nil {
      rows["read"] = .number(JSONNumber(totals.read))
      rows["passed"] = .number(JSONNumber(totals.passed))
      rows["violating"] = .number(JSONNumber(totals.violating))
      rows["quarantined"] = .number(JSONNumber(totals.quarantined))
    }
    if earlier.violating + earlier.quarantined > 0 {
      rows["earlier_attempts"] = [
        "violating": .number(JSONNumber(earlier.violating)),
        "quarantined": .number(JSONNumber(earlier.quarantined)),
      ]
    }
    if let committed { rows["committed"] = .number(JSONNumber(committed)) }
    if report != nil, totals.filtered > 0 {
      rows["filtered"] = .number(JSONNumber(totals.filtered))
    }
    if report != nil, countsCommits, totals.uncommitted > 0 {
      rows["uncommitted"] = .number(JSONNumber(totals.uncommitted))
    }
    if let counts, counts.superseded > 0 {
      rows["superseded"] = .number(JSONNumber(counts.superseded))
    }
    if totals.skipped > 0 { rows["skipped"] = .number(JSONNumber(totals.skipped)) }
    if let addsUp { rows["adds_up"] = .bool(addsUp) }
    return rows
  }

  static func decimal(_ value: Double) -> JSONValue {
    JSONNumber((value * 1000).rounded() / 1000).map { .number($0) } ?? .null
  }
}

extension ValidationReport.Limit {
  var json: JSONValue {
    [
      "records": .number(JSONNumber(records)), "cut": .array(cut.map { .string($0) }),
      "after_state": .number(JSONNumber(afterState)),
    ]
  }

  /// What of the source was left out, and what the next run loads again.
  var text: String {
    var text = "limited to \(Figures.rows(records)) a stream"
    guard !cut.isEmpty else { return text + ", and none had more" }
    text += ": \(cut.sorted().joined(separator: ", ")) had more, which the next run loads"
    if afterState > 0 { text += "; \(Figures.rows(afterState)) of this run come again with it" }
    return text
  }
}

extension ValidationReport.Stream {
  var json: JSONValue {
    [
      "read": .number(JSONNumber(read)), "passed": .number(JSONNumber(passed)),
      "violating": .number(JSONNumber(violating)),
      "quarantined": .number(JSONNumber(quarantined)),
      "filtered": .number(JSONNumber(discarded)),
    ]
  }
}

extension Attempt {
  var json: JSONValue {
    var object = JSONObject()
    object["started"] = .string(started)
    object["seconds"] = RunRecord.decimal(seconds)
    object["states"] = .number(JSONNumber(states))
    object["stages"] = .array(ends.indices.map(stage))
    if let meter = meters.last, meter.sequence != nil {
      object["rows_committed"] = .number(JSONNumber(meter.rowsCommitted))
      object["bytes_committed"] = .number(JSONNumber(meter.bytesCommitted))
      object["files_committed"] = .number(JSONNumber(meter.filesCommitted))
    }
    if case .failed(let blame) = diagnosis { object["failure"] = blame.json(in: self) }
    return .object(object)
  }

  private func stage(_ index: Int) -> JSONValue {
    let end = ends[index]
    var stage = JSONObject()
    stage["role"] = .string(end.role)
    stage["name"] = .string(end.name)
    switch end.exit {
    case .code(let code): stage["code"] = .number(JSONNumber(code))
    case .signal(let number): stage["signal"] = .string(Signal.name(number))
    }
    if let ours = end.ourSignal { stage["sent"] = .string(Signal.name(ours)) }
    if let peaks { stage["peak"] = peaks[index].json }
    stage["waited_for"] = .number(JSONNumber(slow[index]))
    stage["waited"] = waits[index].json
    if dropped[index] > 0 { stage["lines_not_shown"] = .number(JSONNumber(dropped[index])) }
    stage["metrics"] = metrics[index].json
    return .object(stage)
  }
}

extension Diagnosis.Blame {
  /// The failure as JSON; the attempt names the stage.
  func json(in attempt: Attempt?) -> JSONValue {
    var object = JSONObject()
    if let attempt { object["stage"] = .string(attempt.ends[stage].role) }
    object["code"] = .number(JSONNumber(code))
    object["message"] = .string(message)
    if let hint { object["hint"] = .string(hint) }
    object["retry"] = .string(recovery.rawValue)
    if !lines.isEmpty { object["last_lines"] = .array(lines.map { .string($0) }) }
    return .object(object)
  }
}
