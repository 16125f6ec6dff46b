import JSON
import Secrets
import Testing

struct DotEnvTests {
  @Test func theFormsOfOtherToolsAreRead() throws {
    let text = """
      # comment
      A=plain
      export B = 'it''s $raw\\n'
      C="two\\nlines \\"q\\" \\$x" # told
      D=with # comment
      E=a#b=c
      F="over
      two"

      G=
      """
    let values = try #require(DotEnv.parse(Array(text.utf8)))
    #expect(values["A"] == "plain")
    #expect(values["B"] == "it")
    #expect(values["C"] == "two\nlines \"q\" $x")
    #expect(values["D"] == "with")
    #expect(values["E"] == "a#b=c")
    #expect(values["F"] == "over\ntwo")
    #expect(values["G"] == "")
    #expect(DotEnv.parse(Array("no equals".utf8)) == nil)
  }
}
