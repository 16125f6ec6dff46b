import Net
import Testing

@Suite struct XMLTests {
  @Test func elementsTextAndEntities() throws {
    let text = """
      <?xml version="1.0"?>
      <L xmlns="x"><Key>a&amp;b&#x3D;&quot;</Key><Key>ü</Key><Empty/></L>
      """
    let root = try #require(XML.parse(Array(text.utf8)))
    #expect(root.name == "L")
    #expect(root.children.filter { $0.name == "Key" }.map(\.text) == ["a&b=\"", "ü"])
    #expect(root["Empty"]?.text == "")
  }

  @Test(arguments: ["", "no", "<a>", "<a></b>", "<a", "<>"])
  func whatIsNotWellFormedIsNone(text: String) {
    #expect(XML.parse(Array(text.utf8)) == nil)
  }

  @Test func waitsGrowToTheirLimit() {
    let policy = RetryPolicy(attempts: 3, base: 100, limit: 300)
    #expect((1...4).map(policy.ceiling) == [100, 200, 300, 300])
  }
}
