internal import Children
internal import JSON
internal import Posix
internal import Wire

/// A run of a job against a scratch destination that is to be killed, or to come to its end.
struct Victim {
  /// How the kill is to come.
  enum Kill {
    case never
    /// At a step of a commit, the `time`-th time that it is reached.
    case step(String, time: Int)
    /// After so many seconds: the process with this role, or the supervisor itself.
    case moment(Double, role: String)
  }

  /// What came of it.
  struct End {
    let exit: Exit
    /// Whether a process was killed.
    let wasKilled: Bool
    /// The run's record; of a job in parts those of its parts.
    let records: [JSONValue]
    let lines: [String]
    /// The parts that were run, of a job in parts.
    let parts: [String]

    /// Whether the run came to its end.
    var isDone: Bool { exit == .code(0) || exit == .code(1) }
  }

  let job: String
  let folder: String
  let program: String
  /// Whether the job runs in parts, each a supervisor of its own.
  let isDivided: Bool
  static let roles = ["tap", "validate", "target", "dativo"]

  /// Runs it, of a job in parts only those named, if any are; `seconds` are the most that a run may
  /// take.
  ///
  /// A signal in the inbox ends it, and is thrown once its processes are gone.
  func run(
    _ kill: Kill,
    _ inbox: borrowing SignalInbox,
    parts: [String] = [],
    seconds: Double = 3600
  ) throws(Failure) -> End {
    var environment = StageEnvironment.withMaskKey
    environment[Home.secretsVariable] = Home.ofSecrets(in: Files.folder(of: job))
    environment["DATIVO_HOME"] = "\(folder)/home"
    environment["DATIVO_FAILPOINT"] = nil
    if case .step(let name, let time) = kill {
      environment["DATIVO_FAILPOINT"] = "\(name):kill:\(time)"
    }
    let command = Command(
      program,
      ["run", job, "--scratch", folder, "--json", "--no-progress"]
        + parts.flatMap { ["--only-part", $0] },
      environment: environment
    )
    let process: RunProcess
    do throws(StartFailure) {
      process = try RunProcess(command)
    } catch {
      throw Failure(error)
    }
    var lines: [String] = []
    var wasKilled = false
    let began = Clock.monotonic
    var interruption: Interruption?
    while process.exit == nil {
      var patience: Int32 = 1000
      let now = Double(Clock.monotonic - began) / 1e9
      if case .moment(let time, let role) = kill, !wasKilled, interruption == nil {
        // Before the stages are there, or between two attempts, it is tried again soon.
        if now >= time { wasKilled = self.kill(role, below: process.pid, at: time) }
        let left = now < time ? (time - now) * 1000 + 1 : 10
        patience = wasKilled ? 1000 : Int32(min(left, 1000))
      }
      if now > seconds { process.signal(Signal.kill) }
      if let interruption { interruption.press(process, now) }
      _ = try? Poll.readable(process.polled + [inbox.raw], milliseconds: patience)
      if let signal = inbox.next() { interruption = Interruption(signal, at: now) }
      lines += process.listen()
      _ = process.reap()
    }
    lines += process.listen(blocks: 1024)
    if let signal = interruption?.signal ?? inbox.next() {
      throw Failure(.signal(signal), "interrupted: nothing is proven")
    }
    let record = process.envelope?["result"] ?? .null
    let records = self.records(record)
    if case .step = kill {
      wasKilled = records.flatMap { $0["attempts"]?.array ?? [] }.contains { attempt in
        (attempt["stages"]?.array ?? []).contains { $0["signal"]?.string == "SIGKILL" }
      }
    }
    return End(
      exit: process.exit ?? .signal(Signal.kill),
      wasKilled: wasKilled,
      records: records,
      lines: lines,
      parts: (record["parts"]?.array ?? []).compactMap { $0["stream"]?.string }
    )
  }

  /// The record by itself, or those that the parts of a run have left.
  private func records(_ record: JSONValue) -> [JSONValue] {
    guard isDivided else { return [record] }
    return (record["parts"]?.array ?? []).compactMap { part in
      guard let run = part["run"]?.string,
        let bytes = try? Files.read("\(folder)/home/runs/\(run).json")
      else { return nil }
      return try? JSONValue.parse(bytes)
    }
  }

  /// That somebody wants the whole to end.
  private struct Interruption {
    let signal: Int32
    private let began: Double

    init(_ signal: Int32, at time: Double) {
      self.signal = signal
      began = time
    }

    /// Asks again each time: the first asks the tap to end, a second one stops everything.
    func press(_ process: RunProcess, _ now: Double) {
      process.signal(now - began < 20 ? Signal.terminate : Signal.kill)
    }
  }

  /// Kills a process of the run; false if there is none of that kind, now.
  ///
  /// The moment decides of which part.
  private func kill(_ role: String, below pid: Int32, at time: Double) -> Bool {
    let children = Processes.children(of: pid)
    if role == "dativo" {
      let isKilled = Processes.kill(pid)
      // The parts go with it, and what comes next must not find their locks.
      if isDivided { Self.wait(for: children) }
      return isKilled
    }
    let pipes = (isDivided ? children.map(Processes.children) : [children]).filter { $0.count == 3 }
    // Stages are started in pipe order.
    guard let place = Self.roles.firstIndex(of: role), !pipes.isEmpty else { return false }
    return Processes.kill(pipes[Int(time * 1e6) % pipes.count][place])
  }

  /// Waits a moment for the ends of processes that are not ours.
  private static func wait(for processes: [Int32]) {
    let began = Clock.monotonic
    while processes.contains(where: { Processes.isRunning($0) }),
      Clock.monotonic - began < 5_000_000_000
    {
      _ = try? Poll.readable([], milliseconds: 10)
    }
  }
}
