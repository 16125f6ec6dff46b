import Contracts
import JSON
import Posix
import Sandbox
import Wire

/// What the policy file and the options grant, together.
struct Grants {
  private let options: DativoSandbox
  private let folder: String

  init(_ options: DativoSandbox, folder: String) {
    self.options = options
    self.folder = folder
  }

  func policy() throws(Failure) -> Policy {
    var policy = Policy()
    if let file = options.policy { policy = try granted(by: file) }
    let paths = { (list: [String]) in list.map { Place.absolute($0, from: folder) } }
    policy.reads = Place.outermost(policy.reads + paths(options.read))
    policy.writes = Place.outermost(policy.writes + paths(options.write))
    policy.hidden = paths(options.hide)
    try addHosts(&policy)
    try addLimits(&policy)
    return policy
  }

  private func addHosts(_ policy: inout Policy) throws(Failure) {
    var hosts = policy.hosts
    for text in options.host where text != "*" {
      guard let grant = HostGrant(text) else {
        throw Failure(
          .usage,
          "\"\(text)\" is no host",
          hint: "Write `--host db.example.com:5432`, or `--host '*.example.com:443'`."
        )
      }
      if !hosts.contains(grant) { hosts.append(grant) }
    }
    if options.host.contains("*") { policy.network = .all }
    if policy.network != .all { policy.network = .hosts(hosts) }
  }

  private func addLimits(_ policy: inout Policy) throws(Failure) {
    for text in options.limit {
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2, policy.limits.set(parts[0], .string(parts[1])) else {
        throw Failure(
          .usage,
          "\"\(text)\" is no limit",
          hint: "Write NAME=VALUE; the names are \(Limits.keys.joined(separator: ", "))."
        )
      }
    }
  }

  /// The permissions of a plugin, with the configuration that the command names.
  private func granted(by file: String) throws(Failure) -> Policy {
    let bytes: [UInt8]
    do throws(PosixError) {
      bytes = try Files.read(file)
    } catch {
      throw Failure(.configuration, "the policy \(file) cannot be read: \(error.reason)")
    }
    let root: YAMLNode
    do throws(YAMLError) {
      root = try YAMLNode.parse(String(decoding: bytes, as: UTF8.self))
    } catch {
      throw Failure(
        .configuration,
        "\(file):\(error.mark.line):\(error.mark.column): \(error.reason)"
      )
    }
    guard let node = root["permissions"] else {
      throw Failure(
        .configuration,
        "\(file):1:1: there are no \"permissions\"",
        hint: "Write `permissions: {hosts: [api.example.com], paths: [path]}`."
      )
    }
    if let stranger = node.members.first(where: { !Permissions.keys.contains($0.key) }) {
      throw Failure(
        .configuration,
        "\(file):\(stranger.keyMark.line):\(stranger.keyMark.column): "
          + "\"\(stranger.key)\" is not known here",
        hint: "The keys are \(Permissions.keys.joined(separator: ", "))."
      )
    }
    do throws(Permissions.Problem) {
      let isTarget = root["role"]?.text == "target"
      return try Permissions(node.json).policy(configuration(), folder: folder, writes: isTarget)
    } catch {
      let mark = node.nearest(error.path).mark
      throw Failure(
        .configuration,
        "\(file):\(mark.line):\(mark.column): \(error.message)",
        hint: error.hint
      )
    }
  }

  /// What stands behind `--config`; a file that is not JSON grants nothing.
  private func configuration() -> JSONObject {
    var config = JSONObject()
    var words = options.command[...]
    while let word = words.popFirst() {
      var file: String?
      if word == "--config" || word == "-c" { file = words.popFirst() }
      if word.hasPrefix("--config=") { file = String(word.dropFirst(9)) }
      guard let file, let bytes = try? Files.read(file),
        let object = (try? JSONValue.parse(bytes))?.object
      else { continue }
      for (key, value) in object.members { config[key] = value }
    }
    return config
  }
}
