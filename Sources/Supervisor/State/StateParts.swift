package import JSON

/// A STATE, which is otherwise opaque, taken apart by the conventions that taps follow.
package struct StateParts: Sendable {
  /// What a STATE is like.
  package enum Form: String, Sendable {
    /// Singer's, with `bookmarks` by stream.
    case bookmarks
    /// A list of Airbyte's states of streams.
    case streams
    /// Anything else, an Airbyte state of all streams together among it.
    case other

    /// What a STATE of this form does: "has bookmarks".
    package var phrase: String {
      switch self {
      case .bookmarks: "has bookmarks"
      case .streams: "is a list of Airbyte's streams"
      case .other: "has neither bookmarks nor Airbyte's streams"
      }
    }
  }

  package let form: Form
  /// What it has for each stream, in order; a stream of Airbyte with a namespace is
  /// `namespace.name`.
  package private(set) var streams: [(name: String, value: JSONValue)] = []
  /// What belongs to no stream.
  package private(set) var rest: JSONObject = JSONObject()

  package init(_ state: JSONValue?) {
    if let object = state?.object, let bookmarks = object["bookmarks"]?.object {
      form = .bookmarks
      streams = bookmarks.map { ($0.key, $0.value) }
      rest = object
      rest["bookmarks"] = nil
      return
    }
    let messages = state?.array ?? state.map { [$0] } ?? []
    let named = messages.compactMap { message in
      Self.name(message).map { ($0, Self.body(message)["stream"]?["stream_state"] ?? .null) }
    }
    guard !messages.isEmpty, named.count == messages.count else {
      form = .other
      rest = state?.object ?? [:]
      if let list = state?.array {
        for (index, element) in list.enumerated() { rest["\(index)"] = element }
      }
      return
    }
    form = .streams
    streams = named
  }

  /// The stream that a state of Airbyte is of; nil for anything else.
  static func name(_ message: JSONValue) -> String? {
    let descriptor = body(message)["stream"]?["stream_descriptor"]
    guard let name = descriptor?["name"]?.string else { return nil }
    return descriptor?["namespace"]?.string.map { "\($0).\(name)" } ?? name
  }

  private static func body(_ message: JSONValue) -> JSONValue { message["state"] ?? message }
}
