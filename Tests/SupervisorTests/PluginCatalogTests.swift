import JSON
import Supervisor
import Testing
import Wire

/// Connectors by name: from files, from programs, and what is said of unknown ones.
struct PluginCatalogTests {
  private let folder = Folder()

  private func catalog(_ environment: [String: String] = [:]) -> PluginCatalog {
    PluginCatalog(
      project: folder.path,
      environment: ["PATH": "\(folder.path)/bin:/usr/bin:/bin"].merging(environment) { $1 }
    )
  }

  private func plugin(_ name: String, _ description: String, role: String = "tap") -> String {
    """
    apiVersion: dativo/v1
    kind: Plugin
    name: \(name)
    role: \(role)
    executable: ./run.sh
    capabilities: [discover, catalog]
    description: \(description)
    """
  }

  private func failure(_ body: () throws -> Void) -> Failure? {
    do { try body() } catch { return error as? Failure }
    return nil
  }

  @Test func theProjectComesBeforeHomeAndFurtherFolders() throws {
    try folder.write("taps/a/run.sh", "#!/bin/sh\n", mode: 0o755)
    try folder.write("taps/a/plugin.yaml", plugin("a", "project"))
    try folder.write(".dativo/plugins/taps/a/plugin.yaml", plugin("a", "home"))
    try folder.write(".dativo/plugins/taps/b/plugin.yaml", plugin("b", "home"))
    try folder.write("more/taps/b/plugin.yaml", plugin("b", "further"))
    try folder.write("more/taps/c/plugin.yaml", plugin("c", "further"))
    let found = catalog(["DATIVO_PLUGINS": "/nowhere:\(folder.path)/more"])
    let plugin = try found.find("a", .tap)
    #expect(plugin.summary == "project")
    #expect(
      plugin.executable == "\(folder.path)/taps/a/run.sh"
        || plugin.executable == "\(folder.path)/taps/a/./run.sh"
    )
    #expect(plugin.capabilities == ["discover", "catalog"])
    #expect(try found.find("b", .tap).summary == "home")
    #expect(try found.find("c", .tap).summary == "further")
    // Those beside the test program are found too.
    #expect(found.names(.tap).filter { $0.count == 1 } == ["a", "b", "c"])
  }

  @Test func aProgramIsAskedWhatItCanDo() throws {
    try folder.write(
      "bin/dativo-tap-own",
      """
      #!/bin/sh
      echo '{"name":"own","description":"Own.","capabilities":["discover","state"],
        "settings":{"properties":{"url":{"type":"string"}}}}'
      """,
      mode: 0o755
    )
    let plugin = try catalog().find("own", .tap)
    #expect(plugin.executable == "\(folder.path)/bin/dativo-tap-own")
    #expect(plugin.capabilities == ["discover", "state"])
    #expect(plugin.summary == "Own.")
    #expect(plugin.settings?["properties"]?["url"] != nil)
  }

  @Test(arguments: [
    (
      "echo 'usage: tap --config C [--catalog C] [--discover]  --stateful'",
      ["catalog", "discover"]
    ),
    ("echo 'options: --properties P, --state S' >&2; exit 2", ["properties", "state"]),
    ("echo 'usage: tap --config C'", []),
    // Singer asks every tap to take its state: silence is no reason to load everything again.
    (#"while echo '{"type":"RECORD","stream":"a","record":{}}'; do :; done"#, ["state"]),
    ("exit 1", ["state"]),
  ])
  func aCommandWithoutAboutIsReadByItsHelp(_ script: String, _ expected: [String]) throws {
    try folder.write(
      "tap.sh",
      "#!/bin/sh\n[ \"$1$2\" = x--about ] && exit 2\n\(script)\n",
      mode: 0o755
    )
    let end = Job.Connector(program: .command(["./tap.sh", "x"]))
    let connector = try catalog().connector(end, .tap)
    #expect(connector.capabilities == Set(expected))
    #expect(connector.name == "tap.sh")
    #expect(connector.arguments == ["x"])
  }

  @Test func aCommandThatIsKilledHasToldNothing() throws {
    try folder.write("tap.sh", "#!/bin/sh\nkill -9 $$\n", mode: 0o755)
    let end = Job.Connector(program: .command(["./tap.sh"]))
    let failure = try #require(throws: Failure.self) { try catalog().connector(end, .tap) }
    #expect(failure.kind == .temporary)
    #expect(failure.message.hasSuffix("tap.sh --about was ended by signal 9"))
  }

  @Test func anUnknownNameIsToldTheNearestAndTheKnown() throws {
    try folder.write("taps/postgres/plugin.yaml", plugin("postgres", "x"))
    let near = failure { _ = try catalog().find("postgre", .tap) }
    #expect(near?.kind == .configuration)
    #expect(near?.message == "no tap is named \"postgre\"")
    #expect(near?.hint?.hasPrefix("Did you mean \"postgres\"? Known taps: ") == true)
    #expect(near?.hint?.hasSuffix("postgres.") == true)
    try folder.write("bin/tap-own-shop", "#!/bin/sh\n", mode: 0o755)
    let command = failure { _ = try catalog().find("own-shop", .tap) }
    #expect(
      command?.hint?.hasPrefix("\"tap-own-shop\" is on PATH: write `command: [tap-own-shop]`.")
        == true
    )
    #expect(failure { _ = try catalog().find("../postgres", .tap) }?.kind == .configuration)
  }

  @Test func aProgramThatIsNotThereIsNamed() throws {
    try folder.write("plain.sh", "#!/bin/sh\n")
    func hint(_ program: String) -> String? {
      failure { _ = try catalog().program(program) }?.hint
    }
    #expect(hint("./plain.sh") == "Run `chmod +x \(folder.path)/plain.sh`.")
    #expect(hint("./none.sh") == "A path starts from \(folder.path).")
    #expect(hint("nonesuch")?.contains("looked up on PATH") == true)
  }

  @Test func aPluginFileIsHeldAgainstItsFolder() throws {
    let path = try folder.write("taps/mysql/plugin.yaml", plugin("postgres", "x", role: "target"))
    let found = PluginFile.read(path).findings
    #expect(
      found.map { "\($0.line ?? 0):\($0.column ?? 0) \($0.message)" } == [
        "3:7 the plugin \"postgres\" lies in the folder \"mysql\", by which it is looked up",
        "4:7 a target belongs into \"targets/\"",
      ]
    )
    #expect(
      failure { _ = try catalog().find("mysql", .tap) }?.message.contains("plugin.yaml:3:7") == true
    )
  }
}
