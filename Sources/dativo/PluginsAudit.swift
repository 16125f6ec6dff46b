import ArgumentParser
import JSON
import Supervisor
import Wire

/// `dativo plugins audit`.
struct PluginsAudit: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit",
    abstract: "Run a plugin under observation: what it touches, beside what it declares.",
    discussion: """
      The plugin tells its streams and sends them, confined, while strace watches its files and \
      programs, and dativo-sandbox its hosts; any host may be reached at the usual ports, so that it \
      is seen. The audit is kept: that of another version shows what has changed.

        dativo plugins audit postgres --config tap.json
        dativo plugins audit postgres --config tap.json --write

      EXIT STATUS
        0    it touched only what it declares
        1    it touched more
      """
  )

  @Argument(help: "The plugin's name.") var name: String

  @Option(name: .long, help: "Its configuration, a JSON or YAML file.") var config: String?

  @Option(name: .long, help: "The version to compare with (default: the last other one audited).")
  var against: String?

  @Flag(name: .long, help: "Write the least permissions that would do into its plugin.yaml.")
  var write = false

  @OptionGroup var options: PluginOptions

  func run() throws {
    try Answer.give("plugins audit", json: options.json) {
      let catalog = options.catalog
      let plugin = try catalog.subject(name, options.role)
      let values = try config.map { try Discovery.configuration($0) } ?? JSONObject()
      let audit = try Auditor(plugin, catalog, config: values).audit()
      let store = AuditStore(catalog)
      let former = store.former(plugin, than: audit, version: against)
      try store.keep(plugin, audit)
      let proposal = store.proposal(plugin, audit, values)
      var result = audit.json.object ?? JSONObject()
      var lines = ["\(plugin.title) \(audit.version ?? "")"] + audit.lines.map { "  \($0)" }
      if let former {
        let changes = audit.changes(since: former)
        let since = former["version"]?.string ?? "another version"
        lines.append("since \(since): \(changes.isEmpty ? "the same" : "")")
        lines += changes.map { "  \($0)" }
        result["since"] = .string(since)
        result["changes"] = .array(changes.map { .string($0) })
      }
      lines += ["the least that would do:", "  \(proposal)"]
      result["proposal"] = .string(proposal)
      if write {
        let path = try store.write(proposal, of: plugin)
        lines.append("written: \(path)")
        result["written"] = .string(path)
      }
      let redactor = Redactor.known
      let answer = Answer(
        redactor.applied(to: .object(result)),
        text: redactor.applied(to: lines.joined(separator: "\n")),
        exit: audit.undeclared.isEmpty || write ? 0 : 1
      )
      guard answer.exit != 0 else { return answer }
      return answer.failed("\(plugin.name) does what it did not ask for")
    }
  }
}
