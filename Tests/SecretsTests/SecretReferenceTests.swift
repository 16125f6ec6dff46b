import Secrets
import Testing

struct SecretReferenceTests {
  @Test(arguments: [
    "..", "../beta/pg", "pg/../../beta", "/etc/passwd", "a//b", "a/", "", "a/./b", "...", "a\\b",
    "%2e%2e/beta", "a/%2E%2E/b", "a b", "pg/pass\u{0}word", "pg\nx", "ﬁles", "a/‥/b", "~root",
    "a?b",
    "pg/password?version=", "pg/password?version=../1", "pg/password?other=1", ":pg", "a:b:c", "a*",
    "$(id)", "{a}",
  ])
  func whatCouldLeadElsewhereIsNoReference(_ text: String) {
    #expect(throws: SecretPath.Problem.self) { try SecretReference(text) }
  }

  @Test func theWholeFormIsRead() throws {
    let reference = try SecretReference("files:team/pg.main/password?version=AWSPREVIOUS")
    #expect(reference.backend == "files")
    #expect(reference.path.components == ["team", "pg.main", "password"])
    #expect(reference.version == "AWSPREVIOUS")
    #expect(reference.text == "${secret:files:team/pg.main/password?version=AWSPREVIOUS}")
  }

  @Test func textIsTakenApart() throws {
    let text = try SecretText("postgres://u:${secret:pg/pw}@h/$${secret:not}/${secret:db}")
    #expect(
      text.pieces == [
        .plain("postgres://u:"), .reference(try SecretReference("pg/pw")),
        .plain("@h/${secret:not}/"), .reference(try SecretReference("db")),
      ]
    )
    #expect(text.whole == nil)
    #expect(try SecretText("${secret:a/b}").whole?.path.text == "a/b")
    #expect(try SecretText(SecretText.escaped("x${secret:a}y")).pieces == [.plain("x${secret:a}y")])
    #expect(throws: SecretPath.Problem.self) { try SecretText("${secret:a") }
  }
}
