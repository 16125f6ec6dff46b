internal import Children
internal import JSON
internal import Posix
internal import Sandbox
internal import Wire

/// Decides how a connector is confined, before it is run or asked for the first time.
struct Enclosing {
  let catalog: PluginCatalog
  let end: Job.Connector
  let role: Plugin.Role

  /// The confinement of a program with these permissions; nil for a program of ours, and where the
  /// job says `sandbox: none`.
  ///
  /// A program without a description, `permissions` being nil, sees the project's folder, without
  /// what Dativo keeps there and without job files; a target may write there.
  func enclosure(
    _ executable: String,
    permissions: Permissions?,
    folder: String? = nil,
    files: [String] = [],
    settings: JSONValue? = nil
  ) throws(Failure) -> Enclosure? {
    if end.sandbox.choice == .none || Self.isOurs(executable) { return nil }
    try refuseContainer(executable)
    let project = catalog.project
    var policy = (permissions ?? Permissions())
      .policy(Self.filled(end.config, settings), folder: project, writes: role == .target)
    if permissions == nil, !ProgramFiles.isTooMuch(project) {
      if role == .target { policy.writes.append(project) } else { policy.reads.append(project) }
      policy.hidden = Self.hidden(in: project)
    }
    policy.hidden.append(catalog.folders.home)
    // Another home may have been used before, and secrets may be kept beside the job.
    policy.hidden += (["\(project)/.dativo"] + end.sandbox.hidden).filter {
      Paths.exists($0) && !Place.isInside(project, $0) && !policy.hidden.contains($0)
    }
    policy.reads += files + [folder].compactMap(\.self)
    if role == .target, permissions != nil { policy = Self.made(policy) }
    policy = try narrowed(policy, isDescribed: permissions?.isEmpty == false)
    policy.reads = Place.outermost(policy.reads)
    policy.writes = Place.outermost(policy.writes)
    let launcher = try Self.launcher(project)
    let backend = try backend(end.sandbox.choice, launcher)
    return Enclosure(launcher: launcher, backend: backend, machine: Self.machine, policy: policy)
  }

  /// The confinement of a program of ours together with the one that it runs, by its words.
  ///
  /// What is granted is what that one's own configuration names.
  func enclosure(around words: [String]) throws(Failure) -> Enclosure? {
    guard let name = words.first else { return nil }
    let executable = try catalog.program(name)
    let files = ProgramFiles(executable, Array(words.dropFirst()), in: catalog.project).paths
    var end = end
    end.config = end.config["connector_config"]?.object ?? JSONObject()
    return try Enclosing(catalog: catalog, end: end, role: role)
      .enclosure(executable, permissions: nil, files: files + Self.libraries)
  }

  /// The folders of the libraries that programs of ours are linked to, beyond the system's own: none
  /// but where Swift's are not linked in.
  static let libraries: [String] = {
    let maps = (try? Files.read("/proc/self/maps")).map { String(decoding: $0, as: UTF8.self) }
    let paths = (maps ?? "").split(separator: "\n").compactMap { line -> String? in
      guard let slash = line.firstIndex(of: "/"), line.hasSuffix(".so") else { return nil }
      return Files.folder(of: String(line[slash...]))
    }
    return Set(paths).filter { path in
      !["/usr/lib", "/lib"].contains { path.hasPrefix($0) }
    }.sorted()
  }()

  /// What the job says: less than a plugin's description, or all that a program without one has.
  func narrowed(_ policy: Policy, isDescribed: Bool) throws(Failure) -> Policy {
    var policy = policy
    let job = end.sandbox
    if let hosts = job.hosts {
      if isDescribed, policy.network != .all {
        let wider =
          job.allHosts
          ? "*"
          : hosts.first { host in
            !policy.hosts.contains { $0.covers(host) }
          }?.description
        if let wider { throw wide("hosts", wider, policy.hosts.map(\.description)) }
      }
      policy.network = job.allHosts ? .all : .hosts(hosts)
    }
    if let reads = job.reads?.map({ Place.absolute($0, from: catalog.project) }) {
      if isDescribed { try check("read", reads, policy.reads + policy.writes) }
      policy.reads = reads
    }
    if let writes = job.writes?.map({ Place.absolute($0, from: catalog.project) }) {
      if isDescribed { try check("write", writes, policy.writes + Self.folders(policy.writes)) }
      policy.writes = writes
    }
    policy.limits = policy.limits.narrowed(by: job.limits)
    return policy
  }

  private func check(_ key: String, _ paths: [String], _ granted: [String]) throws(Failure) {
    for path in paths where !granted.contains(where: { Place.isInside(path, $0) }) {
      throw wide(key, path, granted)
    }
  }

  private func wide(_ key: String, _ what: String, _ granted: [String]) -> Failure {
    Failure(
      .configuration,
      "\"sandbox.\(role.rawValue).\(key)\" names \(what), which the plugin's description does not grant",
      hint: "A job may narrow what a plugin is granted, not widen it: "
        + (granted.isEmpty
          ? "it is granted none" : "it is granted \(granted.joined(separator: ", "))")
        + ". `permissions` in its plugin.yaml may name more."
    )
  }

  /// The configuration, with the defaults that the settings name.
  static func filled(_ config: JSONObject, _ settings: JSONValue?) -> JSONObject {
    var filled = config
    for (name, setting) in settings?["properties"]?.object?.members ?? [] where filled[name] == nil
    {
      if let value = setting["default"], !value.isNull { filled[name] = value }
    }
    return filled
  }

  /// A place that is written to must be there: what a target's settings name is made, or the folder
  /// of what looks like a file.
  private static func made(_ policy: Policy) -> Policy {
    var policy = policy
    policy.writes = policy.writes.map { path in
      if Paths.exists(path) { return path }
      let place = isLikeFile(path) ? Files.folder(of: path) : path
      try? Files.makeFolder(place)
      return place
    }
    return policy
  }

  /// The folders of what looks like a file: a first run is granted them, so that a job may name them
  /// in the later ones, too.
  private static func folders(_ paths: [String]) -> [String] {
    paths.filter(isLikeFile).map { Files.folder(of: $0) }
  }

  private static func isLikeFile(_ path: String) -> Bool {
    path.split(separator: "/").last?.contains(".") ?? false
  }

  /// Files of a project that are none of its connectors' business.
  private static func hidden(in project: String) -> [String] {
    ((try? Files.names(in: project)) ?? []).sorted().compactMap { name in
      let path = "\(project)/\(name)"
      if name == ".git" || name.hasPrefix(".env") { return path }
      guard name.hasSuffix(".yaml") || name.hasSuffix(".yml"), let bytes = try? Files.read(path),
        String(decoding: bytes, as: UTF8.self).contains("kind: Job")
      else { return nil }
      return path
    }
  }

  /// A program that came with this one.
  static func isOurs(_ executable: String) -> Bool {
    guard let own = Executable.ownFolder, let real = try? Files.real(executable) else {
      return false
    }
    let name = real.split(separator: "/").last ?? ""
    return Files.folder(of: real) == own && name.hasPrefix("dativo-")
  }

  static func launcher(_ project: String) throws(Failure) -> String {
    if let path = Executable.find("dativo-sandbox", from: project, besides: true) { return path }
    throw Failure(
      .configuration,
      "dativo-sandbox is neither beside dativo nor on PATH, and plugins run confined",
      hint: "All executables of Dativo belong into one folder; `sandbox: none` in the job runs its "
        + "plugins unconfined."
    )
  }

  // MARK: What works here, found once

  static let machine = Machine.probe()

  /// The backend for a choice; `auto` is tried once for each process.
  private func backend(_ choice: Choice, _ launcher: String) throws(Failure) -> Backend {
    switch choice {
    case .bubblewrap: return .bubblewrap
    case .landlock: return .landlock
    case .auto, .container, .none: return try Trial.backend(launcher, home: catalog.folders.home)
    }
  }
}
