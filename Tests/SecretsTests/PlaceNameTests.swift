import JSON
import Secrets
import Testing

/// No two tenants share a name in backends whose names have no folders.
struct PlaceNameTests {
  private let tenants = [
    "a", "A", "a-b", "a_b", "a__b", "a_", "_a", "a_5F", "a-", "A-B", "aB", "global", "tenant", "b",
    "a_2D", "x2D", "1", "A_41",
  ]
  private let paths = ["b/key", "key", "b__key", "_b/key", "5Fb/key", "b/c/key"]

  private func names(_ backend: any SecretBackend) throws -> [String: Set<String>] {
    var owners: [String: Set<String>] = [:]
    for tenant in tenants {
      let store = SecretStore(backend, tenant: tenant)
      for path in paths {
        for place in store.places(try SecretReference(path)).map(\.place) {
          let owner = place.scope.word == "global" ? "*" : tenant
          owners[backend.shown(place), default: []].insert(owner)
        }
      }
    }
    return owners
  }

  @Test func everyNameHasOneOwner() throws {
    for backend: any SecretBackend in [
      EnvironmentBackend(), FileBackend("/s"), GCPBackend(project: "p"), AWSBackend(region: "r"),
      VaultBackend(address: "http://h", .token(file: nil, nil)),
    ] {
      for (name, owners) in try names(backend) {
        #expect(owners.count == 1, "\(name) is of \(owners)")
      }
    }
  }
}
