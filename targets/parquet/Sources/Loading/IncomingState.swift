import JSON

/// A STATE as it came.
enum IncomingState {
  /// Singer's: opaque, the last one stands. The bytes of the value are told as they came.
  case singer(JSONValue, bytes: [UInt8])
  /// Airbyte's: the body of the message, and the line, which is told whole.
  case airbyte(JSONValue, line: [UInt8])

  /// Whether it says nothing: such a state never replaces a real one.
  var isEmpty: Bool {
    switch self {
    case .singer(let value, _): Self.isEmpty(value)
    case .airbyte(let body, _):
      switch Self.type(body) {
      case "STREAM": body["stream"]?["stream_descriptor"]?["name"]?.string == nil
      case "GLOBAL": Self.isEmpty(body["global"])
      default: Self.isEmpty(body["data"])
      }
    }
  }

  /// What waits for its commit once this state has come.
  ///
  /// The stored form of Airbyte's is what a source takes as its `--state`: the states of the
  /// streams, united by name and namespace, or the one global state, as a list; the legacy state
  /// as it is.
  func waiting(after waiting: WaitingState?, committed: JSONValue?) -> WaitingState {
    switch self {
    case .singer(let value, let bytes):
      return WaitingState(value: value, echo: [bytes])
    case .airbyte(let body, let line):
      switch Self.type(body) {
      case "STREAM":
        let stream = body["stream"] ?? .null
        var states = Self.streamStates(waiting?.value ?? committed)
        let place = states.firstIndex { Self.isSame($0["stream"], stream) }
        if stream["stream_state"]?.isNull ?? true {
          // The source has begun this stream anew.
          if let place { states.remove(at: place) }
        } else {
          let state: JSONValue = ["type": "STREAM", "stream": stream]
          if let place { states[place] = state } else { states.append(state) }
        }
        // A state of the same stream that was not yet told is told by this one.
        var echo = waiting?.echo ?? []
        echo.removeAll { Self.tells($0, stream) }
        return WaitingState(value: .array(states), echo: echo + [line])
      case "GLOBAL":
        let state: JSONValue = ["type": "GLOBAL", "global": body["global"] ?? .null]
        return WaitingState(value: .array([state]), echo: [line])
      default:
        return WaitingState(value: body["data"] ?? .null, echo: [line])
      }
    }
  }

  private static func type(_ body: JSONValue) -> String { body["type"]?.string ?? "LEGACY" }

  private static func isEmpty(_ value: JSONValue?) -> Bool {
    value?.isNull ?? true || value?.object?.isEmpty == true
  }

  private static func streamStates(_ value: JSONValue?) -> [JSONValue] {
    (value?.array ?? []).filter { $0["type"]?.string == "STREAM" }
  }

  /// Whether two stream states are of one stream; a null namespace is none.
  private static func isSame(_ one: JSONValue?, _ other: JSONValue) -> Bool {
    let one = one?["stream_descriptor"]
    let other = other["stream_descriptor"]
    return one?["name"] == other?["name"]
      && (one?["namespace"] ?? .null) == (other?["namespace"] ?? .null)
  }

  private static func tells(_ line: [UInt8], _ stream: JSONValue) -> Bool {
    guard let message = try? JSONValue.parse(line) else { return false }
    return isSame(message["state"]?["stream"], stream)
  }
}
