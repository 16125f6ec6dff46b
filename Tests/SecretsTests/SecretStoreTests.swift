import JSON
import Secrets
import Synchronization
import Testing

/// A backend of the tests: a dictionary by the places' names, which can be made to fail.
private final class Fake: SecretBackend {
  let name = "fake"
  let canWrite = true
  let held: Mutex<[String: JSONValue]>
  let failure = Mutex<SecretError?>(nil)
  let asked = Mutex(0)

  init(_ held: [String: JSONValue]) { self.held = Mutex(held) }

  func shown(_ place: SecretPlace) -> String { place.text }

  func read(_ place: SecretPlace, version: String?) throws(SecretError) -> SecretDocument? {
    asked.withLock { $0 += 1 }
    if let failure = failure.withLock({ $0 }) { throw failure }
    return held.withLock { $0[place.text] }.map { SecretDocument($0) }
  }

  func write(_ value: JSONValue, key: String?, at place: SecretPlace) throws(SecretError) {
    held.withLock { held in
      var object = held[place.text]?.object ?? JSONObject()
      if let key { object[key] = value }
      held[place.text] = key == nil ? value : .object(object)
    }
  }
}

struct SecretStoreTests {
  private func found(_ store: SecretStore, _ text: String) throws -> (JSONValue, String) {
    let found = try store.find(try SecretReference(text))
    return (found.secret.revealed(), found.place.text)
  }

  @Test func theTenantsOwnGoesBeforeThatOfAll() throws {
    let fake = Fake([
      "tenants/acme/pg": ["password": "own"], "global/pg": ["password": "all", "user": "u"],
      "global/plain": "p", "tenants/beta/only": ["key": "theirs"], "global/tenants/beta/x": "no",
    ])
    let store = SecretStore(fake, tenant: "acme")
    #expect(try found(store, "pg/password") == ("own", "tenants/acme/pg"))
    #expect(try found(store, "pg/user") == ("u", "global/pg"))
    #expect(try found(store, "plain") == ("p", "global/plain"))
    for text in ["only/key", "beta/only/key", "tenants/beta/only/key", "acme/pg/password"] {
      #expect(throws: SecretError.self) { try found(store, text) }
    }
  }

  @Test func whatIsMissingNamesItsPlacesAndNoValue() throws {
    let fake = Fake(["tenants/acme/pg": ["password": "v4lue"]])
    let store = SecretStore(fake, tenant: "acme")
    for text in ["pg/user", "none/at/all"] {
      do {
        _ = try found(store, text)
        Issue.record("\(text) was found")
      } catch let error as SecretError {
        #expect(error.word == "missing")
        #expect(error.message.contains("fake") && error.message.contains("tenants/acme/"))
        #expect(!error.message.contains("v4lue"))
      }
    }
  }

  @Test func answersAreKeptAndBridgeAnOutage() throws {
    let fake = Fake(["tenants/acme/pg": ["password": "one"]])
    let store = SecretStore(fake, tenant: "acme", ttl: 300)
    for _ in 0..<3 { _ = try found(store, "pg/password") }
    #expect(fake.asked.withLock { $0 } == 1)
    let brief = SecretStore(fake, tenant: "acme", ttl: 0)
    _ = try found(brief, "pg/password")
    fake.failure.withLock { $0 = .unavailable("down") }
    let stale = try brief.find(try SecretReference("pg/password"))
    #expect(stale.isStale && stale.secret.revealed() == "one")
    #expect(throws: SecretError.unavailable("down")) { try found(brief, "other/key") }
  }

  @Test func aRefusalIsNotReplacedByTheSecretOfAll() throws {
    let fake = Fake(["global/pg": ["password": "all"]])
    fake.failure.withLock { $0 = .refused("no") }
    let store = SecretStore(fake, tenant: "acme")
    #expect(throws: SecretError.refused("no")) { try found(store, "pg/password") }
  }

  @Test func aNewValueOfTheSecretOfAllBecomesTheTenantsOwn() throws {
    let fake = Fake(["global/api": ["token": "old", "id": "1"]])
    let store = SecretStore(fake, tenant: "acme")
    let reference = try SecretReference("api/token")
    let place = try store.write("new", over: try store.find(reference))
    #expect(place.text == "tenants/acme/api")
    #expect(try found(store, "api/token") == ("new", "tenants/acme/api"))
    #expect(try found(store, "api/id") == ("1", "global/api"))
    #expect(fake.held.withLock { $0["global/api"] } == ["token": "old", "id": "1"])
  }
}
