import JSON
import Sandbox
import Testing

@Suite struct PermissionsTests {
  private func policy(_ permissions: JSONValue, _ config: JSONObject, writes: Bool = false) throws
    -> Policy
  {
    try Permissions(permissions).policy(config, folder: "/job", writes: writes)
  }

  private func hosts(_ policy: Policy) -> [String] { policy.hosts.map(\.description) }

  @Test func settingsAreFilledIn() throws {
    let permissions: JSONValue = [
      "hosts": ["{host}:{port}", "{api_url}", "fixed.test"], "paths": ["files", "/etc/extra"],
      "exact": true,
    ]
    let policy = try policy(
      permissions,
      [
        "host": "DB.test", "port": 5432, "api_url": "https://api.test/v1",
        "files": [["path": "a/rows.csv", "stream": "rows"], ["path": "/data/**/*.csv"]],
        "other": "https://not.test",
      ]
    )
    #expect(hosts(policy) == ["db.test:5432", "api.test:443", "fixed.test:443"])
    #expect(policy.reads == ["/data", "/etc/extra", "/job/a/rows.csv"])
  }

  @Test func whatTheConfigurationNamesIsGrantedUnlessItIsExact() throws {
    let config: JSONObject = [
      "url": "http://u:p@one.test:8080/x", "dsn": "postgresql://two.test/db",
    ]
    #expect(hosts(try policy([:], config)) == ["one.test:8080", "two.test:5432"])
    #expect(hosts(try policy(["exact": true], config)) == [])
  }

  @Test func hostAndPortBelongTogether() throws {
    let policy = try policy(
      [:],
      ["replica": ["host": "a.test", "port": "3307"], "host": "b.test"]
    )
    #expect(hosts(policy) == ["a.test:3307", "b.test:443"])
  }

  @Test func aTargetWritesWhatItNames() throws {
    let policy = try policy(["paths": ["path"]], ["path": "out"], writes: true)
    #expect(policy.writes == ["/job/out"] && policy.reads == [])
  }

  @Test func mistakesAreToldByTheirPlace() {
    #expect(throws: Permissions.Problem.self) { try Permissions(["hosts": ["a b"]]) }
    #expect(throws: Permissions.Problem.self) { try Permissions(["limits": ["memory": "much"]]) }
  }

  @Test func limitsAreNarrowedOnly() {
    var one = Limits()
    one.memory = 100
    var other = Limits()
    other.memory = 200
    other.time = 5
    #expect(one.narrowed(by: other).memory == 100)
    #expect(one.narrowed(by: other).time == 5)
  }
}
