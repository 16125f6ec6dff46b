import Testing
import Wire

@Suite struct PrintableTests {
  @Test func showsNothingThatATerminalWouldObey() {
    #expect(Printable.text("orders") == "orders")
    #expect(Printable.text("a\u{1B}[2Jb\u{7}c\u{7F}d\re") == "a?[2Jb?c?d?e")
    #expect(Printable.text("tab\tline\nnext é 漢") == "tab\tline\nnext é 漢")
    #expect(Printable.text("a\nb", hasLines: false) == "a?b")
    #expect(Printable.text("se\u{9B}31m \u{202E}x\u{2069} £ © …") == "se?31m ?x? £ © …")
  }
}
