internal import Glibc
package import JSON
internal import Sandbox

/// How a container engine confines an image: closed, but for what its description and the job open.
///
/// An engine opens a whole network or none, and no files of this machine.
package struct ContainerPolicy: Hashable, Sendable {
  private let network: String
  private let hosts: Policy.Network
  private let limits: Limits
  /// What the connector's own configuration has the engine do beside: it may open anything.
  private let further: [String]

  /// What an engine is told to hold where nothing is said; the tap and target of ours have the same.
  private static var usual: Limits {
    var limits = Limits()
    limits.memory = 1 << 30
    limits.cpu = 2
    limits.processes = 256
    limits.scratch = 256 << 20
    return limits
  }

  /// Of the policy of a description, `narrowing` being the limits of the job, and `container` what the
  /// connector's own configuration says.
  init(_ policy: Policy, narrowing: Limits, container: JSONObject?, isCutOff: Bool) {
    let wanted = policy.limits
    let usual = Self.usual
    var limits = wanted
    let text = { (key: String) in container?[key].flatMap { $0.string ?? $0.number?.text } }
    limits.memory = wanted.memory ?? text("memory").flatMap(Self.bytes) ?? usual.memory
    limits.cpu = wanted.cpu ?? text("cpus").flatMap(Double.init) ?? usual.cpu
    limits.processes = wanted.processes ?? text("pids").flatMap(Int.init) ?? usual.processes
    limits.scratch = wanted.scratch ?? text("scratch").flatMap(Self.bytes) ?? usual.scratch
    self.limits = limits.narrowed(by: narrowing)
    further = (container?["options"]?.array ?? []).compactMap(\.string)
    hosts = policy.network
    let isOpen = policy.network != .hosts([])
    let named = container?["network"]?.string
    network = isCutOff ? "none" : named ?? (isOpen ? "bridge" : "none")
  }

  /// Sizes as engines take them: `512m`.
  private static func bytes(_ text: String) -> Int? {
    let units: [Character: Int] = ["b": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30]
    let unit = text.last.flatMap { units[Character($0.lowercased())] }
    return Int(unit == nil ? text[...] : text.dropLast()).map { $0 * (unit ?? 1) }
  }

  /// The words by which a tap or target of ours is told.
  var options: [String] {
    var object: JSONObject = ["network": .string(network)]
    if let memory = limits.memory { object["memory"] = .string("\(memory)") }
    if let cpu = limits.cpu { object["cpus"] = .string("\(cpu)") }
    if let processes = limits.processes { object["pids"] = .number(JSONNumber(processes)) }
    if let scratch = limits.scratch { object["scratch"] = .string("\(scratch)") }
    let ulimits = ulimits.flatMap { ["--ulimit", "\($0.key)=\($0.value):\($0.value)"] }
    if !ulimits.isEmpty { object["options"] = .array(ulimits.map { .string($0) }) }
    return ["--container", JSONValue.object(object).encoded()]
  }

  /// Limits for each process.
  ///
  /// An engine that is told one forgets the others that it has by default, and
  /// then asks for more than it may have itself.
  private var ulimits: [(key: String, value: String)] {
    guard limits.fileSize != nil || limits.openFiles != nil else { return [] }
    var ulimits = [("nproc", Self.own(__RLIMIT_NPROC))]
    if let size = limits.fileSize { ulimits.append(("fsize", "\(size)")) }
    let files = limits.openFiles.map { "\($0)" } ?? Self.own(RLIMIT_NOFILE)
    ulimits.append(("nofile", files))
    return ulimits
  }

  /// What any engine may ask for: the limit of this process, and no more than is usual.
  private static func own(_ resource: __rlimit_resource) -> String {
    var limit = rlimit()
    let isKnown = unsafe getrlimit(Int32(resource.rawValue), &limit) == 0
    return "\(isKnown ? min(limit.rlim_max, 4096) : 4096)"
  }

  private var enforced: [String] {
    [
      "files", "system calls", "no new privileges", "no capabilities", "processes of others unseen",
      "memory", "processes", "cpu",
    ] + (network == "none" ? ["network"] : [])
  }

  private var missing: [String] {
    var missing: [String] = []
    if network != "none" { missing.append("hosts: any is reached by the network \(network)") }
    if limits.time != nil { missing.append("time") }
    if !further.isEmpty {
      missing.append("what its options open: \(further.joined(separator: " "))")
    }
    return missing
  }

  private var granted: String {
    var parts = ["network: \(network)"]
    if network != "none", case .hosts(let hosts) = hosts, !hosts.isEmpty {
      parts[0] += " for \(hosts.map(\.description).joined(separator: ", "))"
    }
    parts += limits.texts.map { "\($0.key) \($0.value)" }
    return parts.joined(separator: "; ")
  }

  /// One line for the log.
  package var text: String {
    let lacks = missing.isEmpty ? "" : "; not enforced: \(missing.joined(separator: ", "))"
    let held = "container enforces \(enforced.joined(separator: ", "))"
    return "\(held)\(lacks); granted: \(granted)"
  }

  /// For the record of a run.
  package var json: JSONValue {
    [
      "backend": "container",
      "enforced": .array(enforced.map { .string($0) }),
      "not_enforced": .array(missing.map { .string($0) }),
      "granted": .string(granted),
    ]
  }
}
