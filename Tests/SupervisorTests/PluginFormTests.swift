import JSON
import Supervisor
import Testing
import Wire

/// What a description may say, and what is made of it.
struct PluginFormTests {
  @Test(arguments: [
    (">=3.10", "3.11.7", true), (">=3.10", "3.9.18", false), (">=3.8,<3.11", "3.11.0", false),
    (">=3.8,<3.11", "3.10.14", true), ("==3.11.*", "3.11.7", true), ("==3.11.*", "3.12.0", false),
    ("!=3.9.*,>=3.8", "3.9.1", false), ("~=3.8", "3.12.1", true), ("~=3.8", "4.0", false),
    (">=3.10.1", "3.10", false), ("<4.0", "3.13.0", true),
  ])
  func boundsOfPython(_ bounds: String, _ version: String, _ isWithin: Bool) throws {
    let versions = try #require(PythonVersions(bounds))
    #expect(versions.contains(version) == isWithin)
  }

  @Test(arguments: ["", "3.10", "new", ">=", ">=3.x"])
  func whatIsNoBound(_ text: String) { #expect(PythonVersions(text) == nil) }

  @Test func aPluginsNameIsThePackagesWithoutItsKind() {
    #expect(PythonPackage("tap-jsonl").pluginName == "jsonl")
    #expect(PythonPackage("pipelinewise-tap-mysql").pluginName == "pipelinewise-mysql")
    #expect(PythonPackage("meltanolabs-target-csv").pluginName == "meltanolabs-csv")
    #expect(PythonPackage("meltanolabs-target-csv").namesTarget)
    #expect(!PythonPackage("tap-targetprocess").namesTarget)
  }

  @Test func whatAnInstallerWouldTakeForAnOptionIsRefused() {
    var package = PythonPackage("tap-a", version: "1.0")
    #expect(package.mistake == nil)
    package.extra = ["setuptools<81", "fsspec[s3]>=2024.1"]
    #expect(package.mistake == nil)
    for wrong in ["--index-url=x", "a\n--pre", "./here", "a @ file:///x", "-r x", "a;b"] {
      package.extra = [wrong]
      #expect(package.mistake?.kind == .usage, "\(wrong)")
    }
    #expect(PythonPackage("tap-a", version: "1 --pre").mistake != nil)
    #expect(PythonPackage("../tap-a").mistake != nil)
  }

  @Test func aPluginOfAnOlderPlatformRunsAndOneOfANewerDoesNot() {
    #expect(PluginAPI.verdict(2, of: "tap a", on: 2) == .fits)
    #expect(
      PluginAPI.verdict(1, of: "tap a", on: 2)
        == .older("the tap a was made for plugin API 1, and this is 2: it runs as before")
    )
    #expect(
      PluginAPI.verdict(3, of: "tap a", on: 2)
        == .newer(
          message: "the tap a needs plugin API 3, and this Dativo has 2",
          hint: "Upgrade Dativo, or take an older version of the plugin."
        )
    )
  }

  @Test func theStatusTellsTheLastStepThatWorksOrThatItIsBroken() {
    var status = PluginStatus()
    #expect(status.text == "not tried")
    status[.install] = .works
    status[.about] = .works
    status[.discover] = .needs("a server")
    #expect(status.text == "about works")
    #expect(status.failure == nil)
    status[.about] = .broken("ImportError")
    #expect(status.isBroken && status.text == "broken")
    #expect(status.failure?.step == .about)
  }

  @Test func settingsThatComeWithACapabilityNeedNotBeNamed() {
    let settings: JSONValue = ["properties": ["url": ["type": "string"]]]
    let added = StandardSettings.added(to: settings, ["stream-maps", "batch"])
    #expect(
      added["properties"]?.object?.keys
        == ["url", "batch_config", "faker_config", "stream_map_config", "stream_maps"]
    )
  }
}
