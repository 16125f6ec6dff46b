internal import Children
internal import JSON
internal import Posix
package import Wire

/// Runs a job's tap and its contract for a few records, and writes nothing anywhere.
///
/// The tap begins from no STATE. Violations are counted and pass, so that they can be looked at. It
/// must run on a thread that outlives the run: the main one.
package final class Sampler {
  private let plan: Plan
  private let limit: Int
  private let seconds: Double
  private let scratch: Scratch
  private let privately: PrivateFolder
  private let secrets: SecretAccess
  private let inbox: SignalInbox

  private static let teardown = Teardown(signal: Signal.terminate, patience: 5)

  /// `limit` records of each stream, as far as they come within `seconds`.
  package init(_ job: Job, limit: Int, seconds: Double) throws(Failure) {
    var job = job
    job.validation.mode = .warn
    job.validation.quarantine = nil
    job.validation.report = nil
    job.validation.maxViolations = nil
    let catalog = PluginCatalog(project: job.folder)
    // What is interrupted must not leave configurations behind, which hold secrets.
    do throws(PosixError) {
      inbox = try SignalInbox()
    } catch {
      throw Failure(.io, "signals cannot be received: \(error)")
    }
    privately = try PrivateFolder()
    secrets = SecretAccess(job)
    scratch = Scratch()
    do throws(Failure) {
      let preparation = Preparation(
        job,
        tap: try catalog.connector(job.source, .tap),
        target: try catalog.connector(job.target, .target),
        secrets: secrets,
        interrupt: inbox.raw
      ) { Console(showsProgress: false).show("warning: \($0)", .doubtful) }
      plan = Plan(
        job,
        try preparation.parts(),
        run: "preview",
        folder: scratch.path,
        privateFolder: privately.path,
        state: nil
      )
    } catch {
      scratch.remove()
      throw error
    }
    self.limit = limit
    self.seconds = seconds
  }

  /// Takes the sample; `show` gets what the stages write to standard error.
  package func run(_ show: ([LogLine]) -> Void) throws(Failure) -> Sample {
    defer { scratch.remove() }
    // The last is the target's, which does not run.
    var handed = try secrets.hand(plan.files.dropLast())
    let stages: [Stage]
    var output: Source
    do throws(StartFailure) {
      let nothing = try Pipeline.pipe()
      let between = try Pipeline.pipe()
      let out = try Pipeline.pipe()
      let tap = try Stage.start(
        plan.stages[0],
        folder: plan.folder,
        environment: StageEnvironment.base,
        input: nothing.reading.raw,
        output: between.writing.raw,
        verdict: nil
      )
      let validate = try Stage.start(
        plan.stages[1],
        folder: plan.folder,
        environment: StageEnvironment.base,
        input: between.reading.raw,
        output: out.writing.raw,
        verdict: nil
      )
      stages = [tap, validate]
      output = Source(out.keepReading())
    } catch {
      throw Failure(error)
    }
    var sample = try collect(stages, &output, show)
    for line in secrets.harvest(&handed) {
      show([LogLine("dativo", "warning: \(line)", level: .warning)])
    }
    sample.report = (try? Files.read(plan.report)).flatMap { try? JSONValue.parse($0) }
    return sample
  }

  private func collect(
    _ stages: [Stage],
    _ output: inout Source,
    _ show: ([LogLine]) -> Void
  ) throws(Failure) -> Sample {
    var sample = Sample(limit: limit)
    var splitter = LineSplitter(limit: 64 << 20)
    var rounds: [[Int]] = []
    let deadline = now + seconds
    var endAt: Double?
    var killAt: Double?
    var signal: Int32?
    while stages.contains(where: { $0.exit == nil || $0.hasGroup }) {
      let polled = stages.flatMap(\.polled) + [inbox.raw] + (output.isOpen ? [output.raw] : [])
      if let number = inbox.next() {
        signal = number
        for stage in stages { stage.signal(Signal.kill) }
      }
      let ready = Set((try? Poll.readable(polled, milliseconds: 100)) ?? [])
      for stage in stages { show(stage.listen(ready, now: now)) }
      // What comes after there is enough is read all the same: the middle stage must come to its
      // end, for that is when it writes its report.
      output.read(blocks: 16) { bytes in
        if endAt == nil { splitter.take(bytes) { sample.take($0) } }
      }
      let round = stages.indices.filter { stages[$0].reap() }
      if !round.isEmpty { rounds.append(round) }
      for stage in stages { _ = stage.isGroupGone() }
      if endAt == nil, sample.isFull(plan.streams) || now > deadline {
        endAt = now
        stages[0].signal(Self.teardown.signal)
        killAt = now + Self.teardown.patience
      }
      // Processes that a stage left behind have no business any more.
      if stages.allSatisfy({ $0.exit != nil }) { for stage in stages { stage.signal(Signal.kill) } }
      if let time = killAt, now > time { for stage in stages { stage.signal(Signal.kill) } }
    }
    for stage in stages { show(stage.finish(now: now)) }
    if let signal { throw Failure(.signal(signal), "interrupted") }
    guard endAt == nil else { return sample }
    output.read(blocks: 1024) { splitter.take($0) { sample.take($0) } }
    sample.isWhole = true
    try judge(stages, rounds)
    return sample
  }

  /// Throws what kept the source from coming to its end.
  private func judge(_ stages: [Stage], _ rounds: [[Int]]) throws(Failure) {
    let ends = stages.map { stage in
      Diagnosis.End(
        role: stage.plan.role.rawValue,
        name: stage.plan.name,
        exit: stage.exit ?? .signal(Signal.kill),
        lines: stage.log.lines,
        note: stage.log.note
      )
    }
    guard case .failed(let blame) = Diagnosis(ends, rounds: rounds) else { return }
    let kind = ExitCode(rawValue: blame.code).kind ?? .plugin(blame.code)
    throw Failure(kind, "\(ends[blame.stage].role): \(blame.message)", hint: blame.hint)
  }

  private var now: Double { Double(Clock.monotonic) / 1e9 }
}
