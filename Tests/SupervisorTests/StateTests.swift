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

  @Test func theHistoryHoldsTheLastStates() {
    var entry = StateEntry()
    for number in 1...30 {
      entry = entry.followed(by: StateEntry(state: ["n": .number(JSONNumber(number))]))
      // What changes nothing has no place in it.
      entry = entry.followed(by: StateEntry(state: ["n": .number(JSONNumber(number))]))
    }
    #expect(entry.version == 60)
    #expect(entry.history.count == StateEntry.historyLimit)
    #expect(entry.history.first?.state == ["n": 29])
    #expect(entry.history.last?.state == ["n": 10])
    #expect(entry.history.allSatisfy { $0.history.isEmpty })
  }

  @Test func aRunHasOnePlaceInTheHistory() {
    var entry = StateEntry().followed(by: StateEntry(state: ["n": 0]))
    for number in 1...5 {
      let cause = StateCause(who: "a@b", why: "run x", run: "x")
      let state: JSONValue = ["n": .number(JSONNumber(number))]
      entry = entry.followed(by: StateEntry(state: state, cause: cause))
    }
    #expect(entry.state == ["n": 5])
    #expect(entry.history.map(\.state) == [["n": 0]])
  }

  @Test func anEntryIsReadAsItWasWritten() throws {
    var entry = StateEntry().followed(by: StateEntry(state: ["a": 1], sequence: 3, source: "s"))
    entry = entry.followed(by: StateEntry(cause: StateCause(who: "a@b", why: "reset", run: nil)))
    let read = try StateEntry(entry.json(pipeline: "t.j"))
    #expect(read.json(pipeline: "t.j") == entry.json(pipeline: "t.j"))
    #expect(read.state == nil && read.history[0].state == ["a": 1] && read.version == 2)
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
