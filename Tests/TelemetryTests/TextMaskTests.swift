import Telemetry
import Testing

@Suite struct TextMaskTests {
  @Test func theBeginningOfAFormThatIsCutIsTakenOutToo() {
    let mask = TextMask(["hunter2-and-more", "hunt-others"])
    #expect(mask.applied(to: "is hunter2-and-more.") == "is ********.")
    #expect(mask.applied(to: "is hunter2-an…, expected") == "is ********…, expected")
    #expect(mask.applied(to: "is hunter2...") == "is ********...")
    // A short beginning is that of anything, and one that goes on otherwise is another word.
    #expect(mask.applied(to: "a hunt…") == "a hunt…")
    #expect(mask.applied(to: "a hunter2-x…") == "a hunter2-x…")
  }

  @Test func aShortFormStandsAlone() {
    let mask = TextMask(["abc"])
    #expect(mask.applied(to: "abc, xabc, abcd") == "********, xabc, abcd")
  }
}
