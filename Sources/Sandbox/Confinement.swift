internal import CLinux
internal import Children
internal import Glibc
internal import Posix

/// A plugin that runs under a policy, from its start to its end.
///
/// Descriptors 0, 1 and 2 of this process are the plugin's too, and stay open here: a reader of its
/// output sees the end together with this process's exit code, not before it. One confinement per
/// process, on its main thread and before there are others.
package struct Confinement: ~Copyable {
  private let limits: Limits
  private let launch: Launch
  private var forwarder: Forwarder
  private let inbox: SignalInbox
  private let begin = Clock.monotonic
  /// The plugin's process; with bubblewrap its process 1, once it is known.
  private var plugin: Int32?
  private var pending: [Int32] = []
  private var statusText: [UInt8] = []
  private var isStatusOpen: Bool
  private var exit: Exit?
  private var killAt: UInt64?
  private var output: OutputWatch?
  /// Why the plugin was ended, where that was done here.
  package private(set) var verdict: String?

  /// Starts the plugin; `tell` gets what its user should know.
  package init(
    _ program: Program,
    _ policy: Policy,
    _ backend: Backend,
    _ machine: Machine,
    tell: @escaping (String) -> Void
  ) throws(SandboxError) {
    let inbox: SignalInbox
    do throws(PosixError) {
      inbox = try SignalInbox()
    } catch {
      throw .step("signals", error)
    }
    Processes.adoptOrphans()
    var forwarder = Forwarder(policy.hosts, tell: tell)
    let launch = try Launch(program, policy, backend, machine, &forwarder)
    plugin = launch.backend == .landlock ? launch.pid : nil
    isStatusOpen = launch.backend == .bubblewrap
    output = OutputWatch(seconds: program.linger)
    limits = policy.limits.filled
    self.launch = launch
    self.forwarder = forwarder
    self.inbox = inbox
  }

  /// Waits for the plugin's end; the code that a shell would show.
  package mutating func wait() -> Int32 {
    while true {
      let ready = (try? Poll.readable(polled, milliseconds: patience)) ?? []
      while let signal = inbox.next() { pass(signal) }
      forwarder.handle(ready)
      if isStatusOpen, launch.status.map(ready.contains) == true { readStatus() }
      reap()
      if let exit {
        // What ends itself well after a signal of ours has not come to its end.
        let isCut = verdict != nil && exit.isSuccess
        end()
        return isCut ? 128 + SIGTERM : exit.shellCode
      }
      look()
    }
  }

  /// Whether the backend has started the plugin at all; after its end.
  package var hasStarted: Bool { plugin != nil }

  /// Places that the plugin wanted to reach and that it is not granted.
  package var missing: [String] { forwarder.missing }

  /// Granted places that it connected to, in the order of the first time.
  package var reached: [String] { forwarder.reached }

  private var polled: [Int32] {
    var list = [launch.watch.raw, inbox.raw] + forwarder.polled
    if isStatusOpen, let status = launch.status { list.append(status) }
    return list
  }

  /// Limits that the kernel does not hold are looked at ten times a second.
  private var patience: Int32 {
    if !pending.isEmpty { return 5 }
    return mustLook || killAt != nil || limits.time != nil || output != nil ? 100 : 1000
  }

  private var mustLook: Bool {
    limits.memory != nil && !launch.held.contains("memory")
      || limits.processes != nil && !launch.held.contains("processes")
  }

  /// Passes a signal on to the plugin and what it started; bubblewrap itself would die of it, and
  /// its process 1, in whose group the plugin is, takes none from here.
  private mutating func pass(_ signal: Int32) {
    guard let plugin, hasBegun(plugin), kill(-plugin, signal) == 0 else {
      pending.append(signal)
      return
    }
  }

  /// Whether process 1 inside bubblewrap has started the plugin; what is sent before is lost.
  private func hasBegun(_ keeper: Int32) -> Bool {
    guard launch.backend == .bubblewrap else { return true }
    let children = try? Files.read("/proc/\(keeper)/task/\(keeper)/children")
    return children.map { !$0.isEmpty } ?? true
  }

  private mutating func readStatus() {
    guard let raw = launch.status else { return }
    var block = [UInt8](repeating: 0, count: 512)
    // SAFETY: at most as many bytes as there are are written.
    let count = unsafe block.withUnsafeMutableBytes { room in
      unsafe try? Descriptor.read(raw, into: room)
    }
    guard let count, count > 0 else {
      isStatusOpen = false
      return
    }
    statusText += block[..<count]
    guard plugin == nil else { return }
    // `{ "child-pid": 123 }`
    let text = String(decoding: statusText, as: UTF8.self)
    guard let key = text.firstRange(of: "\"child-pid\":") else { return }
    plugin = Int32(text[key.upperBound...].drop { $0 == " " }.prefix { $0.isNumber })
  }

  private mutating func reap() {
    var status: Int32 = 0
    // SAFETY: the status is written to a variable of this call.
    while exit == nil {
      let child = unsafe clinux_reap_any(&status)
      guard child > 0 else { return }
      if child == launch.keeper {
        let number = status & 0x7F
        exit = number == 0 ? .code((status >> 8) & 0xFF) : .signal(number)
      } else {
        forwarder.forget(child)
      }
    }
  }

  private mutating func look() {
    if !pending.isEmpty {
      let waiting = pending
      pending = []
      for signal in waiting { pass(signal) }
    }
    let now = Clock.monotonic
    if let killAt, now >= killAt { kill(launch.pid, SIGKILL) }
    if let time = limits.time, killAt == nil, Double(now - begin) / 1e9 >= time {
      ask("it ran for longer than its \(Self.shown(time)) s", now)
    }
    if killAt == nil, output?.isDue(now) == true {
      let processes = ownProcesses()
      if output?.look(processes, at: now) == true {
        ask("it went on after it had closed its output", now)
      }
    }
    guard mustLook, verdict == nil else { return }
    let found = Processes.below([launch.keeper]).filter { $0.pid != launch.keeper }
    let memory = found.reduce(0) { $0 + $1.memory }
    if let most = limits.memory, !launch.held.contains("memory"), memory > most {
      verdict = "it used more than its \(most) bytes of memory"
    } else if let most = limits.processes, found.count > most + 3 {
      verdict = "it started more than its \(most) processes"
    }
    if verdict != nil {
      for entry in found { _ = Processes.kill(entry.pid) }
      killAt = now
    }
  }

  /// Asks the plugin to end, which it may take a moment for.
  private mutating func ask(_ reason: String, _ now: UInt64) {
    verdict = reason
    killAt = now + 10_000_000_000
    pass(SIGTERM)
  }

  /// The plugin's processes without those that confine it; none where it has not begun.
  private func ownProcesses() -> [Int32] {
    guard let plugin, hasBegun(plugin) else { return [] }
    let others =
      launch.backend == .bubblewrap ? [launch.keeper, launch.pid, plugin] : [launch.keeper]
    return Processes.below([launch.keeper]).map(\.pid).filter { !others.contains($0) }
  }

  private static func shown(_ seconds: Double) -> String {
    seconds == seconds.rounded() ? "\(Int(seconds))" : "\(seconds)"
  }

  /// Nothing of the plugin outlives it; what it sent on its way out arrives.
  private mutating func end() {
    if verdict == nil, launch.ranOutOfMemory, let most = limits.memory {
      verdict = "it used more than its \(most) bytes of memory"
    }
    for _ in 0..<400 where !forwarder.isIdle {
      var status: Int32 = 0
      // SAFETY: the status is written to a variable of this call.
      let child = unsafe clinux_reap_any(&status)
      if child > 0 { forwarder.forget(child) } else { usleep(5000) }
    }
    Processes.killOrphans()
  }
}
