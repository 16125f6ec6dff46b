internal import CLinux
internal import Glibc
internal import Posix

/// All that is done between fork and exec, as plain values.
struct Blueprint {
  var groups: [String] = []
  /// The user that root becomes.
  var user: uid_t?
  var ownsMounts = false
  var ownsUsers = false
  var ownsNetwork = false
  /// What root lends to the user.
  var lent: [String] = []
  var ports: [UInt16] = []
  /// Of these, those that are listened to at addresses of IPv6.
  var ports6: [UInt16] = []
  var addresses: [String] = []
  /// Where listeners are handed over.
  var control: Int32 = -1
  var covers: [String] = []
  var scratch: String?
  var shared: String?
  var scratchSize = 0
  var limits: [clinux_limit] = []
  /// What Landlock opens; nil where it is not used.
  var rules: [(path: String, writes: Bool)]?
  var limitsPorts = false
  /// The kind of the system call filter; nil where another applies it.
  var filter: UInt32?
  var path = ""
  var arguments: [String] = []
  var environment: [String] = []
  var folder = "/"
  var kept: [Int32] = []

  /// Starts it; returns the process, and the one that ends it and exits with its code.
  func start() throws(SandboxError) -> (program: Int32, keeper: Int32) {
    var strings = NativeStrings()
    let rules = unsafe (self.rules ?? []).map { rule in
      unsafe clinux_path_rule(
        path: UnsafePointer(strings.text(rule.path)),
        writes: rule.writes ? 1 : 0
      )
    }
    var what = unsafe clinux_confinement()
    unsafe what.groups = strings.constants(groups)
    unsafe what.becomes = user == nil ? 0 : 1
    unsafe what.user = user ?? 0
    unsafe what.owns_mounts = ownsMounts ? 1 : 0
    unsafe what.exposed = strings.constants(lent)
    unsafe what.owns_users = ownsUsers ? 1 : 0
    unsafe what.owns_network = ownsNetwork ? 1 : 0
    unsafe what.addresses = strings.constants(addresses)
    unsafe what.control = control
    unsafe what.covers = strings.constants(covers)
    if let scratch { unsafe what.scratch = UnsafePointer(strings.text(scratch)) }
    if let shared { unsafe what.shared = UnsafePointer(strings.text(shared)) }
    unsafe what.scratch_size = UInt64(scratchSize)
    unsafe what.uses_landlock = self.rules == nil ? 0 : 1
    unsafe what.limits_ports = limitsPorts ? 1 : 0
    unsafe what.filters = filter == nil ? 0 : 1
    unsafe what.filter_flags = filter ?? 0
    unsafe what.path = UnsafePointer(strings.text(path))
    unsafe what.arguments = UnsafePointer(strings.list(arguments))
    unsafe what.environment = UnsafePointer(strings.list(environment))
    unsafe what.folder = UnsafePointer(strings.text(folder))
    var step: UnsafePointer<CChar>?
    var program: Int32 = -1
    // SAFETY: every pointer outlives the call, which starts a process with copies of all of it.
    let keeper = unsafe (ports + ports6).withUnsafeBufferPointer { all in
      unsafe limits.withUnsafeBufferPointer { limits in
        unsafe kept.withUnsafeBufferPointer { kept in
          unsafe rules.withUnsafeBufferPointer { rules in
            unsafe what.ports = all.baseAddress
            unsafe what.port_count = Int32(ports.count)
            unsafe what.ports6 = all.baseAddress.map { unsafe $0 + ports.count }
            unsafe what.port6_count = Int32(ports6.count)
            unsafe what.limits = limits.baseAddress
            unsafe what.limit_count = Int32(limits.count)
            unsafe what.kept = kept.baseAddress
            unsafe what.kept_count = Int32(kept.count)
            unsafe what.rules = rules.baseAddress
            unsafe what.rule_count = Int32(rules.count)
            return unsafe clinux_confine(&what, &program, &step)
          }
        }
      }
    }
    guard keeper > 0 else {
      let cause = PosixError("start")
      // SAFETY: a literal of the C file.
      let name = unsafe step.map { unsafe String(cString: $0) } ?? "start"
      throw .step(name, cause)
    }
    return (program, keeper)
  }
}
