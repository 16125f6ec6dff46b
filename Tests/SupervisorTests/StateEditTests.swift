import JSON
import Supervisor
import Testing

@Suite struct StateEditTests {
  private func json(_ text: String) throws -> JSONValue { try JSONValue.parse(text) }

  @Test(arguments: [
    // Bookmarks by stream, the rest by key.
    (
      #"{"bookmarks":{"a":{"x":1,"y":2},"b":1},"z":1}"#, #"{"bookmarks":{"a":{"x":3}},"w":2}"#,
      #"{"bookmarks":{"a":{"x":3},"b":1},"z":1,"w":2}"#
    ),
    // Airbyte's by name and namespace, a null namespace being none.
    (
      #"[{"type":"STREAM","stream":{"stream_descriptor":{"name":"a","namespace":null},"stream_state":1}}]"#,
      #"[{"type":"STREAM","stream":{"stream_descriptor":{"name":"a"},"stream_state":2}}]"#,
      #"[{"type":"STREAM","stream":{"stream_descriptor":{"name":"a"},"stream_state":2}}]"#
    ),
    // States of taps that know no bookmarks, by key.
    (#"{"a":1,"b":1}"#, #"{"b":2}"#, #"{"a":1,"b":2}"#),
    (#"{}"#, #"{"b":2}"#, #"{"b":2}"#),
  ])
  func statesAreMergedByStream(_ state: String, _ update: String, _ merged: String) throws {
    #expect(try StateEdit.merging(json(update), into: json(state)) == json(merged))
  }

  @Test(arguments: [
    (#"{"bookmarks":{"a":1}}"#, #"{"a":1}"#),
    (#"{"a":1}"#, #"{"bookmarks":{"a":1}}"#),
    (#"{"a":1}"#, #"[1]"#),
    (#"[{"type":"GLOBAL","global":{}}]"#, #"[{"type":"GLOBAL","global":{}}]"#),
  ])
  func unlikeStatesAreNotMerged(_ state: String, _ update: String) throws {
    let (state, update) = (try json(state), try json(update))
    #expect(throws: StateEdit.Unlike.self) { try StateEdit.merging(update, into: state) }
  }

  @Test func whatAnInterruptedRunHasNotReachedStands() throws {
    let former = try json(#"{"bookmarks":{"a":1,"b":1},"currently_syncing":"x"}"#)
    let told = try json(#"{"bookmarks":{"a":2},"currently_syncing":"b"}"#)
    #expect(
      StateEdit.carrying(former, into: told)
        == (try json(#"{"bookmarks":{"a":2,"b":1},"currently_syncing":"b"}"#))
    )
    #expect(StateEdit.carrying(nil, into: told) == told)
    #expect(StateEdit.carrying(["a": 1], into: told) == told)
  }

  @Test func differencesAreToldByStreamAndKey() throws {
    let before = try json(#"{"bookmarks":{"a":{"x":1,"l":[1,2]},"b":{"k/~":1}},"s":null}"#)
    let after = try json(#"{"bookmarks":{"a":{"x":1,"l":[1,3,4]},"b":{"k/~":2},"c":{}}}"#)
    let changes = StateChange.between(before, after)
    #expect(
      changes == [
        StateChange(stream: "a", pointer: "/l/1", before: 2, after: 3),
        StateChange(stream: "a", pointer: "/l/2", before: nil, after: 4),
        StateChange(stream: "b", pointer: "/k~1~0", before: 1, after: 2),
        StateChange(stream: "c", pointer: "", before: nil, after: .object([:])),
        StateChange(stream: nil, pointer: "/s", before: .null, after: nil),
      ]
    )
    #expect(StateChange.between(before, before).isEmpty)
    #expect(StateChange.between(nil, ["a": 1]).map(\.pointer) == ["/a"])
  }

  @Test(arguments: [
    ("now", StateReference.now), ("3", .version(3)), ("commit:12", .commit(12)),
    ("./3", .file("./3")), ("-", .file("-")), ("commit:x", .file("commit:x")),
  ])
  func statesAreNamed(_ text: String, _ reference: StateReference) {
    #expect(StateReference(text) == reference)
  }

  @Test func aCommitMeansTheStateThatStoodThen() throws {
    var entry = StateEntry().followed(by: StateEntry(state: ["n": 1], sequence: 3))
    entry = entry.followed(by: StateEntry(state: ["n": 2], sequence: 7))
    #expect(try StateReference("commit:5").entry(in: entry)?.state == ["n": 1])
    #expect(try StateReference("commit:7").entry(in: entry)?.state == ["n": 2])
    #expect(try StateReference("1").entry(in: entry)?.state == ["n": 1])
    #expect(throws: (any Error).self) { try StateReference("commit:2").entry(in: entry) }
  }
}
