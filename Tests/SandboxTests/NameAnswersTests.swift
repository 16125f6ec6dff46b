import Sandbox
import Testing

@Suite struct NameAnswersTests {
  /// A question of DNS for the addresses of a name.
  private func question(_ name: String, kind: UInt8 = 1) -> [UInt8] {
    var bytes: [UInt8] = [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]
    for label in name.split(separator: ".") {
      bytes += [UInt8(label.utf8.count)] + Array(label.utf8)
    }
    return bytes + [0, 0, kind, 0, 1]
  }

  @Test func aGrantedNameHasAnAddressOfLoopback() throws {
    var answers = NameAnswers([HostGrant(host: "db.example.com", port: 5432)])
    let reply = answers.answer(question("DB.example.com"))
    let answer = try #require(reply)
    #expect(Array(answer.prefix(2)) == [0x12, 0x34])
    #expect(answer[3] & 15 == 0 && answer[7] == 1)
    #expect(Array(answer.suffix(4)) == [127, 1, 0, 1])
    #expect(answers.host(at: 0x7F01_0001) == "db.example.com")
  }

  @Test func anotherNameDoesNotExistAndIsNoted() throws {
    var answers = NameAnswers([HostGrant(host: "*.example.com", port: 443)])
    let reply = answers.answer(question("evil.test"))
    let answer = try #require(reply)
    #expect(answer[3] & 15 == 3 && answer[7] == 0)
    #expect(answers.refused == ["evil.test"])
    let other = answers.answer(question("a.example.com"))
    #expect(other != nil)
    #expect(answers.refused == ["evil.test"])
  }

  @Test func ofANewerKindThereIsNoAddress() throws {
    var answers = NameAnswers([HostGrant(host: "a.test", port: 443)])
    let reply = answers.answer(question("a.test", kind: 28))
    let answer = try #require(reply)
    #expect(answer[3] & 15 == 0 && answer[7] == 0)
  }

  @Test(arguments: [
    [], [1, 2, 3], [UInt8](repeating: 0xFF, count: 40), [UInt8](repeating: 0, count: 20),
  ])
  func whatIsNoQuestionHasNoAnswer(_ bytes: [UInt8]) {
    var answers = NameAnswers([])
    let reply = answers.answer(bytes)
    #expect(reply == nil)
  }

  @Test func addressesAreThemselves() {
    let answers = NameAnswers([HostGrant(host: "127.0.0.1", port: 1)])
    #expect(answers.host(at: 0x7F00_0001) == "127.0.0.1")
    #expect(answers.host(at: 0x0A00_0005) == "10.0.0.5")
    #expect(NameAnswers([]).host(at: 0x7F00_0001) == "localhost")
  }
}
