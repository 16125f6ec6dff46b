internal import JSON
internal import Posix
internal import Wire

/// The circuit breaker of one job, kept in `DATIVO_HOME/breakers`; whoever has the job's lock writes
/// it.
struct BreakerFile {
  private let job: Job
  private let policy: Breaker.Policy
  private let path: String
  private var breaker: Breaker

  /// Nil for a job without one, and for runs of a part of the data, which say nothing of the next.
  init?(_ job: Job) {
    guard let policy = job.retry.breaker, job.window == nil, job.limit == nil else { return nil }
    self.job = job
    self.policy = policy
    path = "\(Home.folder(job))/breakers/\(job.tenant)/\(job.name).json"
    // A file that is broken or gone is a breaker that is closed: it protects others, not data.
    let found = (try? Files.read(path)).flatMap { try? JSONValue.parse($0) }
    breaker = found.flatMap(Breaker.init) ?? Breaker()
  }

  private var now: Int { Int(Clock.wall / 1_000_000_000) }

  /// Throws while it is open; says so where the run is the trial.
  func check(force: Bool, _ console: Console) throws(Failure) {
    let name = "\(job.tenant).\(job.name)"
    let reason = "\(breaker.failures) runs in a row failed for one cause (\(breaker.message))"
    switch breaker.state(policy, at: now) {
    case .closed: return
    case .halfOpen:
      console.show("\(name): \(reason); this run is a trial", .doubtful)
    case .open where force:
      console.show("\(name): \(reason); --force runs it all the same", .doubtful)
    case .open(let until):
      throw Failure(
        .temporary,
        "\(name): the circuit breaker is open until \(Instant(seconds: until).text): \(reason)",
        hint: "Once the cause is gone `dativo run JOB --force` runs it; \"retry.breaker\" in the "
          + "job file says how many failures open it, and for how long."
      )
    }
  }

  mutating func note(_ record: RunRecord) {
    switch record.outcome {
    case .success, .partial: update { $0.succeeded() }
    case .failed:
      let role = record.blame.flatMap { blame in record.attempts.last?.ends[blame.stage].role }
      let cause = "\(role ?? "dativo") \(record.blame?.code ?? record.exit)"
      let message = record.blame?.message ?? record.stopReason ?? "exit \(record.exit)"
      failed(cause, role.map { "\($0): \(message)" } ?? message)
    case .interrupted, .running: return
    }
  }

  /// Notes what kept a run from beginning.
  mutating func note(_ failure: Failure) {
    if case .signal = failure.kind { return }
    failed("dativo \(ExitCode(failure.kind).rawValue)", failure.message)
  }

  private mutating func failed(_ cause: String, _ message: String) {
    let (policy, now) = (policy, now)
    update { $0.failed(cause, message, policy, at: now) }
  }

  private mutating func update(_ change: (inout Breaker) -> Void) {
    let former = breaker
    change(&breaker)
    guard breaker != former else { return }
    try? Files.makeFolder(Files.folder(of: path))
    try? Files.replace(path, Array((breaker.json.encoded() + "\n").utf8))
  }
}
