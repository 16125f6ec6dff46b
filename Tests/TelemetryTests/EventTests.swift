import JSON
import Telemetry
import Testing

@Suite struct EventTests {
  @Test(arguments: [
    Event.stream(
      name: "a",
      recordsIn: 3,
      recordsOut: 2,
      recordsSkipped: 1,
      recordsCommitted: 1,
      bytesIn: 99
    ),
    .commit(sequence: 7, rows: 10, bytes: 1 << 40, files: 2),
    .violations(stream: "a", rule: "required", pointer: "/x~1y", severity: "error", count: 1),
    .stall(read: 1_000_000_001, write: 0),
  ])
  func comesBackFromItsLine(_ event: Event) throws {
    let line = event.json(stage: "dativo-validate").encoded()
    let value = try JSONValue.parse(line)
    #expect(value["stage"] == "dativo-validate")
    #expect(Event(value) == event)
  }

  @Test func anUnknownEventIsNone() {
    #expect(Event(["event": "later", "stage": "x"]) == nil)
    #expect(Event("text") == nil)
  }
}
