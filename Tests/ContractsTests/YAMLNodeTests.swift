import Contracts
import JSON
import Testing

@Suite struct YAMLNodeTests {
  @Test func mergeKeysBringMembersThatTheMappingLacks() throws {
    let root = try YAMLNode.parse(
      """
      base: &base {host: a.test, port: 1}
      more: &more
        port: 2
        user: u
      one:
        <<: *base
        port: 3
      two: {port: 4, <<: [*more, *base]}
      three:
        "<<": text
      """
    )
    #expect(root["one"]?.json == ["host": "a.test", "port": 3])
    #expect(root["one"]?["host"]?.mark.line == 1)
    #expect(root["two"]?["port"]?.json == 4)
    #expect(root["two"]?["user"]?.json == "u")
    #expect(root["two"]?["host"]?.json == "a.test")
    #expect(root["three"]?.json == ["<<": "text"])
  }

  @Test func mergeKeysOfAnythingElseAreErrors() {
    #expect(throws: YAMLError.self) { try YAMLNode.parse("a: {<<: text}") }
    #expect(throws: YAMLError.self) { try YAMLNode.parse("a: {<<: [{b: 1}, 2]}") }
  }

  @Test func keysThatStandTwiceAreErrors() {
    #expect(throws: YAMLError.self) { try YAMLNode.parse("a: 1\nb: 2\na: 3\n") }
    #expect(throws: YAMLError.self) { try YAMLNode.parse("a: {<<: {b: 1}, <<: {c: 1}}") }
  }
}
