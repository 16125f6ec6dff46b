import Sandbox
import Testing

@Suite struct HostGrantTests {
  @Test func aNameAloneMeansTLS() {
    #expect(HostGrant("api.example.com")?.description == "api.example.com:443")
    #expect(HostGrant("DB.example.com:5432")?.description == "db.example.com:5432")
  }

  @Test(arguments: ["", ":443", "a:b", "a:0", "a:1:2", "a b", "a/b", "a:70000", "..."])
  func otherTextIsNoHost(_ text: String) { #expect(HostGrant(text) == nil) }

  @Test func anAddressOfIPv6StandsInBrackets() {
    #expect(HostGrant("[::1]:5432")?.description == "[::1]:5432")
    #expect(HostGrant("[2001:DB8:0::5]")?.description == "[2001:db8::5]:443")
    for text in [
      "[::1", "[]:1", "[::1]5432", "[::1]:0", "[1.2.3.4]:5", "[::ffff:1.2.3.4]:5", "::1", "[::]:1",
      "[ff02::1]:1",
    ] {
      #expect(HostGrant(text) == nil)
    }
  }

  @Test func aWildcardStandsForNamesBelow() throws {
    let grant = try #require(HostGrant("*.example.com:443"))
    #expect(grant.covers("api.example.com"))
    #expect(grant.covers("a.b.example.com"))
    #expect(!grant.covers("example.com"))
    #expect(!grant.covers("badexample.com"))
  }
}
