package import Children
internal import JSON
package import Posix
internal import Telemetry

/// A stage while it runs: its process and the pipes that lead from it to us.
final class Stage {
  let plan: Plan.Stage
  private var child: Child
  private var stderr: Source
  private var events: Source
  private var splitter = LineSplitter(limit: 1 << 16)
  private(set) var log: LogTail
  private(set) var meter = Meter()
  private(set) var exit: Exit?
  /// Processes that it started are left though it has ended itself.
  private(set) var hasGroup = false

  private init(
    _ plan: Plan.Stage,
    _ child: consuming Child,
    _ stderr: consuming Source,
    _ events: consuming Source
  ) {
    self.plan = plan
    self.child = child
    self.stderr = stderr
    self.events = events
    // Our own programs say of what matters that it does.
    let program = plan.executable.split(separator: "/").last ?? ""
    let isOurs = program.hasPrefix("dativo-") && plan.enclosure == nil
    log = LogTail(plan.role.rawValue, usual: isOurs ? .info : nil)
  }

  /// Starts the process; the descriptors given stay the caller's.
  static func start(
    _ plan: Plan.Stage,
    folder: String,
    environment: [String: String],
    input: Int32,
    output: Int32,
    verdict: Int32?
  ) throws(StartFailure) -> Stage {
    var variables = plan.environment
    if plan.enclosure == nil {
      let base = plan.isOurs ? environment : StageEnvironment.withoutCredentials(environment)
      variables = StageEnvironment.variables(base, of: plan.role).merging(variables) { $1 }
      variables.merge(Plan.Stage.channels) { $1 }
      if verdict == nil { variables["DATIVO_VERDICT_FD"] = nil }
    }
    let stderr = try Pipeline.pipe()
    let events = try Pipeline.pipe()
    var descriptors = [input, output, stderr.writing.raw, events.writing.raw]
    if let verdict { descriptors.append(verdict) }
    let child: Child
    do throws(SpawnError) {
      child = try Child(
        Command(plan.executable, plan.arguments, environment: variables, folder: folder),
        descriptors: descriptors
      )
    } catch {
      throw .program(error, plan)
    }
    return Stage(plan, child, Source(stderr.keepReading()), Source(events.keepReading()))
  }

  var pid: Int32 { child.pid }

  /// What to poll: its end, while it runs, and its pipes, while they are open.
  var polled: [Int32] {
    var list: [Int32] = []
    if exit == nil { list.append(child.raw) }
    if stderr.isOpen { list.append(stderr.raw) }
    if events.isOpen { list.append(events.raw) }
    return list
  }

  func signal(_ number: Int32) { child.signal(number) }

  /// Whether it has ended just now.
  func reap() -> Bool {
    guard exit == nil, let ended = child.reap() else { return false }
    exit = plan.enclosure == nil ? ended : ended.launched
    hasGroup = child.hasGroup
    return true
  }

  /// Whether the last of what it left behind has gone just now.
  func isGroupGone() -> Bool {
    guard hasGroup, !child.hasGroup else { return false }
    hasGroup = false
    return true
  }

  /// Reads what the stage has written about itself; returns the lines to tell.
  func listen(_ ready: Set<Int32>? = nil, now: Double, blocks: Int = 4) -> [LogLine] {
    var told: [LogLine] = []
    if stderr.isOpen, ready?.contains(stderr.raw) ?? true {
      var log = log
      stderr.read(blocks: blocks) { told += log.take($0, now: now) }
      self.log = log
    }
    if events.isOpen, ready?.contains(events.raw) ?? true {
      var splitter = splitter
      var meter = meter
      events.read(blocks: blocks) { bytes in
        splitter.take(bytes) { line in
          guard
            let value = try? JSONValue.parse(Array(line), depthLimit: JSONScanner.storedDepthLimit),
            let event = Event(value)
          else {
            return
          }
          meter.take(event)
        }
      }
      self.splitter = splitter
      self.meter = meter
    }
    return told
  }

  /// Reads the rest, when the process is gone; returns the lines to tell.
  func finish(now: Double) -> [LogLine] {
    let rest = listen(now: now, blocks: 64)
    return rest + log.end()
  }
}

/// Why a stage did not start.
package enum StartFailure: Error {
  case program(SpawnError, Plan.Stage)
  case system(PosixError)
}
