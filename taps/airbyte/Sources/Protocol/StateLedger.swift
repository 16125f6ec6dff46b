import ConnectorKit
import JSON
import Wire

/// The states of a source, as its next run takes them and as one value of Singer's.
///
/// Singer's value is `{"bookmarks": {STREAM: AirbyteStateMessage}}` for states of streams,
/// `{"airbyte_global": AirbyteStateMessage}` and `{"airbyte_legacy": data}` for the others. Beside
/// the bookmarks, `airbyte_complete` lists the streams whose full refresh came to its end: the next
/// one begins anew, where one that was broken off goes on.
struct StateLedger {
  private var streams: [(name: String, body: JSONValue)] = []
  private var global: JSONValue?
  private var legacy: JSONValue?
  /// The last state of a stream that has not been shown to go on yet.
  private var held: [String: JSONValue] = [:]
  /// The streams that are read as a whole.
  private let refreshed: Set<String>
  private var complete: Set<String> = []

  /// Reads what a run before left: Singer's value, or Airbyte's own list; `refreshed` are the
  /// streams that this run reads as a whole.
  init(_ state: JSONValue?, refreshed: Set<String>) throws(Failure) {
    self.refreshed = refreshed
    try read(state)
    streams.removeAll { stream in
      refreshed.contains(stream.name)
        && (complete.contains(stream.name) || Self.isEndOfRefresh(stream.body))
    }
    complete.subtract(refreshed)
  }

  /// Whether a source's own state says that a full refresh came to its end.
  ///
  /// Sources on Airbyte's kit for Python read nothing if they are given such a one.
  private static func isEndOfRefresh(_ body: JSONValue) -> Bool {
    let state = body["stream"]?["stream_state"]
    return ["__ab_full_refresh_sync_complete", "__ab_no_cursor_state_message"].contains {
      state?[$0]?.bool == true
    }
  }

  private mutating func read(_ state: JSONValue?) throws(Failure) {
    guard var state, !state.isNull, state.object?.isEmpty != true else { return }
    if state["type"]?.string == "STATE" { state = state["value"] ?? state["state"] ?? state }
    if let bookmarks = state["bookmarks"]?.object {
      for (name, body) in bookmarks.members { set(name, body) }
      complete = Set(state["airbyte_complete"]?.array?.compactMap(\.string) ?? [])
    } else if let body = state["airbyte_global"] {
      global = body
    } else if let data = state["airbyte_legacy"] {
      legacy = data
    } else if let list = state.array ?? (state["type"]?.string != nil ? [state] : nil) {
      for element in list { note(element["state"] ?? element) }
    } else {
      throw Failure(
        .configuration,
        "the state is neither one that dativo-tap-airbyte wrote nor a list of Airbyte's states",
        hint: "It must be the last STATE that a target printed, unchanged."
      )
    }
  }

  /// The file that the source takes; nil where there is nothing to go on from.
  var file: JSONValue? {
    if let global { return .array([global]) }
    if let legacy { return legacy }
    return streams.isEmpty ? nil : .array(streams.map(\.body))
  }

  /// The value of a STATE of Singer's.
  var value: JSONValue {
    if let global { return ["airbyte_global": global] }
    if let legacy { return ["airbyte_legacy": legacy] }
    var value: JSONObject = [
      "bookmarks": .object(JSONObject(streams.map { (key: $0.name, value: $0.body) }))
    ]
    let ended = streams.map(\.name).filter(complete.contains)
    if !ended.isEmpty { value["airbyte_complete"] = .array(ended.map { .string($0) }) }
    return .object(value)
  }

  /// Takes an AirbyteStateMessage; a state that covers all streams puts the others out of force.
  private mutating func note(_ body: JSONValue) {
    if body["global"]?.object != nil || body["type"]?.string == "GLOBAL" {
      (global, legacy, streams) = (body, nil, [])
    } else if let name = AirbyteStream.name(body["stream"]?["stream_descriptor"]) {
      (global, legacy) = (nil, nil)
      set(name, body)
    } else if let data = body["data"] {
      (global, legacy, streams) = (nil, data, [])
    }
  }

  /// Takes a state of all streams; nil where it is one of a single stream, which it names.
  mutating func take(_ body: JSONValue) -> String? {
    guard let name = AirbyteStream.name(body["stream"]?["stream_descriptor"]),
      body["type"]?.string ?? "STREAM" == "STREAM"
    else {
      note(body)
      return nil
    }
    held[name] = body
    return name
  }

  /// Notes that a stream has been read to its end.
  mutating func noteEnd(_ name: String) {
    if refreshed.contains(name) { complete.insert(name) }
  }

  /// Lets the held state of a stream stand; false where none is held.
  ///
  /// A source may write a state for a stream that has just failed. So a state stands once the
  /// stream goes on after it, or is complete.
  mutating func release(_ name: String) -> Bool {
    guard let body = held.removeValue(forKey: name) else { return false }
    note(body)
    return true
  }

  /// Lets go of what a failed stream has said since its last record.
  mutating func drop(_ name: String) { held[name] = nil }

  /// The streams whose last state is held.
  var waiting: [String] { Array(held.keys) }

  private mutating func set(_ name: String, _ body: JSONValue) {
    // The host adds an id to states, which some connectors refuse.
    if let place = streams.firstIndex(where: { $0.name == name }) {
      streams[place].body = body
    } else {
      streams.append((name, body))
    }
  }
}
