import JSON
import Supervisor
import Testing

@Suite struct StateTests {
  private func destination(_ sequence: Int, _ state: JSONValue?) -> TargetLog.Last {
    TargetLog.Last(sequence: sequence, epoch: 1, source: "s", state: state)
  }

  @Test func theDestinationIsTheTruth() {
    let store = StateEntry(state: ["a": 1], sequence: 3)
    let plan = StatePlan(store: store, destination: destination(5, ["a": 2]))
    #expect(plan.entry.state == ["a": 2])
    #expect(plan.entry.sequence == 5)
    #expect(plan.warning == nil)
  }

  @Test func aDestinationThatIsEmptyAgainIsLoadedAgainAndSaid() {
    let store = StateEntry(state: ["a": 1], sequence: 3)
    let plan = StatePlan(store: store, destination: destination(0, nil))
    #expect(plan.entry.state == nil)
    #expect(plan.warning?.contains("everything is loaded again") == true)
  }

  @Test func withoutATargetThatKeepsStateTheStoreIsAllThereIs() {
    let plan = StatePlan(store: StateEntry(state: ["a": 1]), destination: nil)
    #expect(plan.entry.state == ["a": 1])
  }

  @Test func theHistoryHoldsTheLastTenStates() {
    var entry = StateEntry(state: ["n": 0])
    for number in 1...15 {
      entry = entry.followed(by: StateEntry(state: ["n": .number(JSONNumber(number))]))
      entry = entry.followed(by: StateEntry(state: ["n": .number(JSONNumber(number))]))
    }
    #expect(entry.history.count == 10)
    #expect(entry.history.first?.state == ["n": 14])
    #expect(entry.history.last?.state == ["n": 5])
  }

  @Test func oneStreamLeavesTheState() {
    let state: JSONValue = [
      "bookmarks": ["a": 1, "b": 2], "currently_syncing": "a",
    ]
    #expect(
      StateEdit.removing("a", from: state) == ["bookmarks": ["b": 2], "currently_syncing": nil]
    )
    #expect(StateEdit.removing("c", from: state) == nil)
    #expect(StateEdit.streams(state) == ["a", "b"])
  }

  @Test(arguments: [
    (#"{"bookmarks":{}}"#, #"{"bookmarks":{}}"#),
    (#"{"type":"STATE","value":{"a":1}}"#, #"{"a":1}"#),
  ])
  func statesAreReadBareAndInTheirEnvelope(_ line: String, _ value: String) throws {
    let found = try #require(StateLine.value(Array(line.utf8)[...]))
    #expect(found.encoded() == value)
  }

  @Test(arguments: ["{}", "null", "", "  ", #"{"type":"STATE","value":{}}"#])
  func anEmptyStateReplacesNothing(_ line: String) {
    #expect(StateLine.value(Array(line.utf8)[...]) == nil)
    #expect(StateLine.isEmpty(Array(line.utf8)[...]))
  }

  @Test(arguments: ["hello", "[1]", "{\"a\":"])
  func otherLinesAreNoStates(_ line: String) {
    #expect(StateLine.value(Array(line.utf8)[...]) == nil)
    #expect(!StateLine.isEmpty(Array(line.utf8)[...]))
  }
}
