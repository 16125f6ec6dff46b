import Testing
import Wire

@Suite struct ExcerptTests {
  @Test func whatIsCutEndsInASignOfOmission() {
    #expect(Excerpt.of("ab\tc\nd".utf8) == "ab c")
    #expect(Excerpt.of(String(repeating: "x", count: 80).utf8).count == 80)
    #expect(
      Excerpt.of(String(repeating: "€", count: 81).utf8) == String(repeating: "€", count: 79) + "…"
    )
    #expect(Excerpt.of("abcdef".utf8, 4) == "abc…")
  }
}
