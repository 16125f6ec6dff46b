internal import Children
internal import ConnectorKit
internal import Glibc
internal import Posix
package import Wire

/// A container of an image, closed but for what its settings open.
package struct Container {
  /// An engine whose daemon, or whose own store, answers.
  struct Engine {
    let path: String
    let name: String
  }

  /// Where the container sees the configuration.
  static let mount = "/dativo"

  let engine: Engine
  private let image: String
  /// What is run: the image, or where it is pinned its digest.
  private let reference: String
  private let settings: ContainerSettings
  private let name = "dativo-\(getpid())-\(String(UInt32.random(in: 0 ... .max), radix: 36))"

  /// Finds an engine, and removes the containers of runs that were killed.
  init(_ image: String, _ settings: ContainerSettings) throws(Failure) {
    self.image = image
    self.settings = settings
    engine = try Self.engine(settings.engine)
    if let digest = settings.digest {
      let found = try Self.digest(of: image, engine)
      guard found == digest else {
        throw Failure(
          .configuration,
          "the image \(image) on this machine is not the one that was locked: \(found), not \(digest)",
          hint: "Load the one that was locked; `dativo plugins lock` takes the one that is here."
        )
      }
      reference = digest
    } else {
      reference = image
    }
    removeOrphans()
  }

  /// The engine's arguments up to the verb of the source.
  func options(mounting folder: String) -> [String] {
    var words = ["run", "--rm", "-i", "--init", "--name", name]
    words += ["--label", "dativo.owner=\(Self.owner)", "--pull", "never"]
    words += ["--network", settings.network, "--memory", settings.memory]
    words += ["--memory-swap", settings.memory, "--cpus", settings.cpus]
    words += [
      "--pids-limit", "\(settings.pids)", "--read-only", "--tmpfs", "/tmp:size=\(settings.scratch)",
    ]
    words += ["--cap-drop", "all", "--security-opt", "no-new-privileges"]
    words += ["--user", settings.user ?? "\(getuid()):\(getgid())"]
    // Docker keeps no log with `none`, and gives the output to the client all the same.
    words += ["--log-driver", engine.name == "podman" ? "passthrough" : "none"]
    words += ["-v", "\(folder):\(Self.mount):ro"] + settings.options
    return words + [reference]
  }

  /// Removes the container, whether it runs or not.
  func remove() { _ = try? Self.ask(engine.path, ["rm", "-f", "-t", "0", name]) }

  /// This process, as no later one can be: its number and when it began.
  private static var owner: String { "\(getpid()).\(began(getpid()) ?? "0")" }

  private static func began(_ pid: Int32) -> String? {
    guard let bytes = try? Files.read("/proc/\(pid)/stat") else { return nil }
    let text = String(decoding: bytes, as: UTF8.self)
    // The name in parentheses may hold blanks; the start is the 20th field after it.
    let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
    return fields.count > 19 ? String(fields[19]) : nil
  }

  private func removeOrphans() {
    let format =
      engine.name == "podman"
      ? #"{{.ID}} {{index .Labels "dativo.owner"}}"# : #"{{.ID}} {{.Label "dativo.owner"}}"#
    let arguments = ["ps", "-a", "--filter", "label=dativo.owner", "--format", format]
    guard let answer = try? Self.ask(engine.path, arguments), answer.exit.isSuccess else { return }
    for line in String(decoding: answer.stdout, as: UTF8.self).split(separator: "\n") {
      let words = line.split(separator: " ")
      guard words.count == 2, let pid = words[1].split(separator: ".").first.flatMap({ Int32($0) }),
        Self.began(pid).map({ "\(pid).\($0)" != words[1] }) ?? true
      else { continue }
      Log.warning("removing the container \(words[0]) of a run that was killed")
      _ = try? Self.ask(engine.path, ["rm", "-f", "-t", "0", String(words[0])])
    }
  }

  private static func engine(_ wanted: String?) throws(Failure) -> Engine {
    var said: [String] = []
    for name in wanted.map({ [$0] }) ?? ["podman", "docker"] {
      guard let path = Executable.find(name, from: ".") else {
        said.append("\(name) is not on PATH")
        continue
      }
      // The client may be there without its daemon.
      let answer = try ask(path, ["info"])
      if answer.exit.isSuccess { return Engine(path: path, name: name) }
      said.append("\(name) info: \(answer.errorLines.last ?? "failed")")
    }
    throw Failure(
      .configuration,
      "no container engine answers: \(said.joined(separator: "; "))",
      hint:
        "Install podman, start docker's daemon, or name an \"executable\" or a \"package\" instead."
    )
  }

  /// The digest of an image's configuration, which covers all that is in it; the same wherever the
  /// image is loaded.
  package static func digest(of image: String, _ settings: ContainerSettings) throws(Failure)
    -> String
  {
    try digest(of: image, engine(settings.engine))
  }

  private static func digest(of image: String, _ engine: Engine) throws(Failure) -> String {
    let answer = try ask(engine.path, ["image", "inspect", "--format", "{{.Id}}", image])
    let text = String(decoding: answer.stdout, as: UTF8.self)
    guard answer.exit.isSuccess, let id = text.split(separator: "\n").first else {
      throw Failure(
        .configuration,
        "the image \(image) is not on this machine",
        hint: "Images are never fetched: load it with \(engine.name) first."
      )
    }
    return id.hasPrefix("sha256:") ? String(id) : "sha256:\(id)"
  }

  private static func ask(_ engine: String, _ arguments: [String]) throws(Failure) -> Capture {
    let environment = Dictionary(Environment.all.map { ($0.name, $0.value) }) { _, last in last }
    do throws(SpawnError) {
      return try Capture.run(
        Command(engine, arguments, environment: environment),
        seconds: 60
      )
    } catch {
      throw Failure(.configuration, "\(error)")
    }
  }
}
