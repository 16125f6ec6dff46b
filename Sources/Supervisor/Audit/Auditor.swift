internal import Children
package import JSON
internal import Posix
internal import Sandbox
package import Wire

/// Runs a plugin under observation: `strace` sees its files and programs, `dativo-sandbox` its hosts.
///
/// It stays confined all the while; beside what it is granted it may reach any host at the usual
/// ports, so that those are seen.
package struct Auditor {
  private let plugin: Plugin
  private let catalog: PluginCatalog
  private let config: JSONObject
  private let tracer: String
  private let enclosure: Enclosure
  private let declared: Policy
  private static let calls =
    "execve,open,openat,openat2,creat,mkdir,mkdirat,unlink,unlinkat,rmdir,rename,renameat,renameat2,"
    + "truncate,link,linkat,symlink,symlinkat,chmod,fchmodat,mknod,mknodat"
  private static let ports: [UInt16] = [
    443, 80, 8080, 8443, 5432, 3306, 27017, 6379, 1433, 1521, 22, 21, 9000, 4200,
  ]

  package init(
    _ plugin: Plugin,
    _ catalog: PluginCatalog,
    config: JSONObject
  ) throws(Failure) {
    if let obstacle = catalog.obstacle(plugin) { throw obstacle }
    guard let tracer = Executable.find("strace", from: "/") else {
      throw Failure(
        .configuration,
        "strace is not installed, by which a plugin is observed",
        hint: "Install the package strace."
      )
    }
    guard let usual = try catalog.enclosure(of: plugin, config: config) else {
      throw Failure(
        .configuration,
        "the \(plugin.title) is a program of Dativo and runs unconfined"
      )
    }
    self.plugin = plugin
    self.catalog = catalog
    self.config = config
    self.tracer = tracer
    // What only the configuration names is not declared, but granted.
    var exact = plugin.origin.permissions
    exact.isExact = true
    declared = exact.policy(config, folder: catalog.project, writes: plugin.role == .target)
    var policy = usual.policy
    policy.network = .hosts(policy.hosts + Self.ports.map { HostGrant(host: "*", port: $0) })
    enclosure = Enclosure(
      launcher: usual.launcher,
      backend: usual.backend,
      machine: Enclosing.machine,
      policy: policy
    )
  }

  /// Lets it tell its streams and, as far as `seconds` reach, send all of them.
  package func audit(seconds: Double = 120) throws(Failure) -> Audit {
    let scratch = Scratch()
    defer { scratch.remove() }
    let file = "\(scratch.path)/config.json"
    try PrivateFile.write(file, .object(config))
    var options = ["--config", file]
    var sights = [try observe(["--config", file, "--discover"], scratch.path, 1, seconds)]
    if let told = (try? JSONValue.parse(sights[0].output)).flatMap(Catalog.init) {
      var wanted = told
      for index in wanted.streams.indices { wanted.streams[index].select(true) }
      let path = "\(scratch.path)/catalog.json"
      try PrivateFile.write(path, wanted.json)
      options += [plugin.quirks.contains(.properties) ? "--properties" : "--catalog", path]
    }
    sights.append(try observe(options, scratch.path, 2, seconds))
    let own = ProgramFiles(plugin.executable, options, in: catalog.project).paths
    return sum(sights, own + [catalog.folder(of: plugin)].compactMap(\.self))
  }

  /// What was seen of one run.
  private struct Sight {
    let output: [UInt8]
    let trace: Trace
    let reached: [String]
    let refused: [String]
  }

  private func observe(
    _ options: [String],
    _ scratch: String,
    _ number: Int,
    _ seconds: Double
  ) throws(Failure) -> Sight {
    let traced = "\(scratch)/trace.\(number)"
    let report = "\(scratch)/hosts.\(number)"
    let inner = enclosure.command(
      [plugin.executable] + options,
      environment: [:],
      folder: catalog.project
    )
    let words =
      ["-f", "-y", "-e", "trace=\(Self.calls)", "-o", traced, inner.executable, "--report", report]
      + inner.arguments
    let capture: Capture
    do throws(SpawnError) {
      capture = try Capture.run(
        Command(tracer, words, environment: inner.environment, folder: catalog.project),
        seconds: seconds,
        limit: 256 << 20
      )
    } catch {
      throw Failure(error)
    }
    let text = (try? Files.read(traced)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    let hosts = (try? Files.read(report)).flatMap { try? JSONValue.parse($0) }
    func list(_ key: String) -> [String] { (hosts?[key]?.array ?? []).compactMap(\.string) }
    let trace = Trace(text, of: plugin.executable, in: catalog.project)
    guard trace.isBegun else {
      throw Failure(
        .temporary,
        "\(plugin.executable) was not seen to begin, so nothing is known of it",
        hint: capture.errorLines.last
      )
    }
    return Sight(
      output: capture.stdout,
      trace: trace,
      reached: list("reached"),
      refused: list("refused")
    )
  }

  private func sum(_ sights: [Sight], _ own: [String]) -> Audit {
    func isForeign(_ path: String) -> Bool {
      !own.contains { Place.isInside(path, $0) } && !SystemPlaces.hold(path)
    }
    var reads: Set<String> = []
    var writes: Set<String> = []
    var refused: Set<String> = []
    for sight in sights {
      for (path, isDone) in sight.trace.writes where isForeign(path) {
        // What it makes in its own temporary folder is not there afterwards.
        guard isDone else { continue }
        if enclosure.policy.writes.contains(where: { Place.isInside(path, $0) }) {
          writes.insert(path)
        }
      }
      for (path, isDone) in sight.trace.reads where isForeign(path) && Paths.exists(path) {
        if isDone { reads.insert(path) } else { refused.insert(path) }
      }
    }
    var hosts: [String] = []
    for host in sights.flatMap(\.reached) where !hosts.contains(host) { hosts.append(host) }
    return Audit(
      name: plugin.title,
      version: plugin.python?.version ?? plugin.origin.version,
      reads: Place.outermost(Array(reads)).sorted(),
      writes: Place.outermost(Array(writes)).sorted(),
      refusedPaths: refused.subtracting(reads).sorted(),
      hosts: hosts,
      refusedHosts: Set(sights.flatMap(\.refused)).sorted(),
      programs: sights.flatMap(\.trace.programs).reduce(into: []) { list, path in
        if !list.contains(path) { list.append(path) }
      },
      declared: declared
    )
  }
}
