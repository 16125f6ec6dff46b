internal import CLinux
internal import Glibc
internal import Posix

/// The plugin's process, begun by a backend, and the descriptors that lead to it.
struct Launch: ~Copyable {
  /// Bubblewrap, or the plugin itself.
  let pid: Int32
  /// Our child, its parent, which exits with its code once nothing of it is left.
  let keeper: Int32
  /// Readable once that has ended.
  let watch: Descriptor
  let backend: Backend
  /// Where bubblewrap tells of its child; owned.
  let status: Int32?
  private var folder: PrivateFolder?
  private let group: ControlGroup
  /// The limits that the kernel holds; others are looked at from here.
  let held: Set<String>

  init(
    _ program: Program,
    _ policy: Policy,
    _ backend: Backend,
    _ machine: Machine,
    _ forwarder: inout Forwarder
  ) throws(SandboxError) {
    let own = ProgramFiles(program.executable, program.arguments, in: program.folder).paths
    // A process that joins a group waits for the kernel for some 10 ms: only for what was asked for.
    let group = ControlGroup(
      policy.limits,
      without: machine.ownsNamespaces ? ["processes"] : [],
      name: "dativo-sandbox.\(getpid())"
    )
    let wanted = policy.limits.filled
    let grouped = group.limits
    var plan = Self.plan(policy, own, backend, machine)
    plan.groups = group.members
    plan.limits = Self.limits(wanted, grouped)
    plan.kept = program.descriptors
    var status: Int32?
    var folder: PrivateFolder?
    var ours: Descriptor?
    // Where no host is granted names are asked for all the same: which one, is told.
    if plan.ownsNetwork {
      var ends: [Int32] = [-1, -1]
      // SAFETY: two numbers are written, for which the array has room.
      guard unsafe clinux_message_sockets(&ends) == 0 else {
        throw .step("the network", PosixError("socketpair"))
      }
      ours = Descriptor(owning: ends[0])
      plan.control = ends[1]
    }
    let pid: Int32
    let keeper: Int32
    switch backend {
    case .bubblewrap:
      let pipe = try Self.pipe()
      let words = try Bubblewrap(program, policy, own, status: pipe.writing.raw)
      defer { for raw in words.files { close(raw) } }
      plan.path = machine.bubblewrap ?? "bwrap"
      plan.arguments =
        ["bwrap", "--args", "\(words.arguments)", "--", program.executable] + program.arguments
      plan.kept += words.files + [pipe.writing.raw]
      (pid, keeper) = try plan.start()
      status = pipe.keepReading().release()
    case .landlock:
      let scratch = try PrivateFolder(owner: plan.user)
      let opened = try LandlockRules(
        policy,
        own,
        scratch: scratch,
        mounts: machine.ownsNamespaces
      )
      plan.rules = opened.rules
      plan.covers = opened.covers
      if machine.ownsNamespaces {
        plan.scratch = scratch.home
        plan.shared = "/dev/shm"
      }
      plan.path = program.executable
      plan.arguments = [program.executable] + program.arguments
      plan.environment = program.variables(home: scratch.home).map { "\($0.key)=\($0.value)" }
        .sorted()
      let granted = own + policy.reads + policy.writes
      let isGranted = granted.contains { Place.isInside(program.folder, $0) }
      plan.folder = isGranted ? program.folder : scratch.home
      (pid, keeper) = try plan.start()
      folder = consume scratch
    }
    if plan.control >= 0 { close(plan.control) }
    if let ours { forwarder.take(ours, count: plan.ports.count + plan.ports6.count + 1) }
    let raw = clinux_pidfd_open(keeper, 0)
    guard raw >= 0 else {
      let cause = PosixError("pidfd_open")
      kill(pid, SIGKILL)
      throw .step("start", cause)
    }
    self.pid = pid
    self.keeper = keeper
    watch = Descriptor(owning: raw)
    self.backend = backend
    self.status = status
    self.folder = folder
    self.group = group
    held = Self.held(wanted, grouped, machine)
  }

  /// Whether the kernel has killed something of the plugin for want of memory.
  var ranOutOfMemory: Bool { group.ranOutOfMemory }

  deinit { if let status { close(status) } }

  /// The number of this process.
  static var own: Int32 { getpid() }

  /// What both backends need.
  private static func plan(
    _ policy: Policy,
    _ own: [String],
    _ backend: Backend,
    _ machine: Machine
  ) -> Blueprint {
    var plan = Blueprint()
    if machine.becomes { plan.user = user }
    plan.ownsMounts = machine.becomes || (backend == .landlock && machine.ownsNamespaces)
    plan.ownsUsers = !machine.isRoot && machine.ownsNamespaces
    plan.ownsNetwork = policy.network != .all && machine.ownsNamespaces
    plan.ports = Forwarder.ports(policy.hosts)
    if plan.ownsNetwork {
      plan.addresses = Forwarder.addresses(policy.hosts)
      plan.ports6 = Forwarder.ports(policy.hosts.filter(\.isAddress6))
    }
    let lent = Place.outermost(own + policy.reads) + policy.writes
    plan.lent = Set(lent).filter { unsafe access($0, F_OK) == 0 && !SystemFolders.hold($0) }
      .sorted { ($0.utf8.count, $0) < ($1.utf8.count, $1) }
    plan.scratchSize = policy.limits.filled.scratch ?? 0
    if backend == .landlock {
      plan.limitsPorts = !plan.ownsNetwork && policy.network != .all
      let isCutOff = plan.limitsPorts && plan.ports.isEmpty
      plan.filter =
        UInt32(CLINUX_FILTER_ONE_GROUP | CLINUX_FILTER_NO_LOCAL)
        | (isCutOff ? UInt32(CLINUX_FILTER_NO_INTERNET) : 0)
    }
    return plan
  }

  /// A user that nobody else is: root's plugins share nothing with each other.
  private static var user: uid_t { 1_900_000_000 + uid_t(getpid()) }

  private static func pipe() throws(SandboxError) -> Pipe {
    do throws(PosixError) {
      return try Pipe()
    } catch {
      throw .step("a pipe", error)
    }
  }

  /// Limits of the kernel for each process.
  private static func limits(_ limits: Limits, _ grouped: Set<String>) -> [clinux_limit] {
    var list = [clinux_limit(resource: Int32(RLIMIT_CORE.rawValue), value: 0)]
    func add(_ resource: __rlimit_resource, _ value: Int?) {
      guard let value else { return }
      list.append(clinux_limit(resource: Int32(resource.rawValue), value: UInt64(value)))
    }
    if !grouped.contains("memory") { add(RLIMIT_DATA, limits.memory) }
    // Bubblewrap's own two processes stand in the same account.
    add(__RLIMIT_NPROC, limits.processes.map { $0 + 3 })
    add(RLIMIT_FSIZE, limits.fileSize)
    add(RLIMIT_NOFILE, limits.openFiles)
    return list
  }

  /// Which limits the kernel holds by itself.
  private static func held(
    _ limits: Limits,
    _ grouped: Set<String>,
    _ machine: Machine
  ) -> Set<String> {
    var held = grouped
    // Processes are counted by user: in a user namespace, or for a user of its own, only these.
    if limits.processes != nil, machine.ownsNamespaces { held.insert("processes") }
    return held
  }
}
