import JSON
import Wire

/// The states that the destination was sent and has not acknowledged.
///
/// A state of Singer's crosses as a GLOBAL one that has nothing but a number, and is printed as it
/// came once that number returns; one of Airbyte's crosses as it is. What a destination gives back
/// covers all that went before it: of the same stream, or of every stream.
///
/// Few are under way at a time, so that memory does not grow with a destination that acknowledges at
/// its end. Further ones wait; of those of one stream the last stands for all.
struct Outstanding {
  private struct State {
    let number: Int
    /// The stream; nil for a state of all streams.
    let scope: String?
    /// What must come back.
    let body: JSONValue
    /// What is sent, and what is printed when it has come back; both with a line feed.
    let message: [UInt8]
    let line: [UInt8]
  }

  private var sent: [State] = []
  private var waiting: [State] = []
  private var last = 0
  private var bytes = 0
  /// The last state that came back, by what it says.
  private var known: JSONValue?
  private static let most = 1_000
  private static let mostBytes = 8 << 20
  /// The member of the shared state that has a state's number.
  private static let mark = "dativo"

  /// The states that have not come back.
  var count: Int { sent.count + waiting.count }

  /// Takes a state of Singer's, the bytes of its `value`.
  mutating func add(_ value: [UInt8]) {
    last += 1
    let shared: JSONValue = [Self.mark: .number(JSONNumber(last))]
    let body: JSONValue = [
      "type": "GLOBAL", "global": ["shared_state": shared, "stream_states": []],
      // What destinations before 2023 look at.
      "data": shared,
    ]
    let message: JSONValue = ["type": "STATE", "state": body]
    wait(nil, body, Array(message.encoded().utf8) + [0x0A], value + [0x0A])
  }

  /// Takes a state of Airbyte's, the line without its line feed.
  mutating func add(_ body: JSONValue, _ line: [UInt8]) {
    last += 1
    let isStream = body["type"]?.string ?? "STREAM" == "STREAM"
    let name = isStream ? AirbyteStream.name(body["stream"]?["stream_descriptor"]) : nil
    wait(name, body, line + [0x0A], line + [0x0A])
  }

  private mutating func wait(
    _ scope: String?,
    _ body: JSONValue,
    _ message: [UInt8],
    _ line: [UInt8]
  ) {
    waiting.removeAll { $0.scope == scope }
    waiting.append(
      State(number: last, scope: scope, body: body, message: message, line: line)
    )
  }

  /// The messages that may be sent now, in order; at the end of the input, all of them.
  mutating func due(isEnd: Bool = false) -> [UInt8] {
    var messages: [UInt8] = []
    var count = 0
    for state in waiting
    where isEnd || sent.count < Self.most && (sent.isEmpty || bytes < Self.mostBytes) {
      messages += state.message
      bytes += state.message.count + state.line.count
      sent.append(state)
      count += 1
    }
    waiting.removeFirst(count)
    return messages
  }

  /// Takes what the destination acknowledges: the lines to print; nil for a state never sent.
  mutating func acknowledge(_ body: JSONValue) -> [UInt8]? {
    guard let place = place(of: body) else {
      // A destination may say a thing twice.
      if let number = Self.number(body) { return number <= last ? [] : nil }
      return known == Self.essence(body) ? [] : nil
    }
    let state = sent[place]
    known = Self.essence(body)
    bytes = 0
    var left: [State] = []
    for (index, other) in sent.enumerated() {
      if index <= place, state.scope == nil || other.scope == state.scope { continue }
      left.append(other)
      bytes += other.message.count + other.line.count
    }
    // A state of all streams stands for those before it; what they said besides is in it.
    sent = left
    return state.line
  }

  private func place(of body: JSONValue) -> Int? {
    if let number = Self.number(body) { return sent.firstIndex { $0.number == number } }
    let essence = Self.essence(body)
    return sent.firstIndex { Self.essence($0.body) == essence }
  }

  private static func number(_ body: JSONValue) -> Int? {
    let shared = body["global"]?["shared_state"]?[mark] ?? body["data"]?[mark]
    return shared?.number?.int64.map { Int($0) }
  }

  /// What a state says, without what hosts and destinations add and without nulls.
  private static func essence(_ body: JSONValue) -> JSONValue {
    var essence = JSONObject()
    if let stream = body["stream"], !stream.isNull {
      let name = AirbyteStream.name(stream["stream_descriptor"])
      essence["name"] = name.map { .string($0) }
      essence["state"] = stream["stream_state"]
    } else if let global = body["global"], !global.isNull {
      essence["global"] = global
    } else {
      essence["data"] = body["data"]
    }
    return withoutNulls(.object(essence))
  }

  private static func withoutNulls(_ value: JSONValue) -> JSONValue {
    switch value {
    case .object(let object):
      let kept = object.members.filter { !$0.value.isNull }
      return .object(JSONObject(kept.map { (key: $0.key, value: withoutNulls($0.value)) }))
    case .array(let list): return .array(list.map(withoutNulls))
    default: return value
    }
  }
}
