package import JSON

/// Changes to a STATE, which is otherwise opaque, by the conventions that taps follow.
package enum StateEdit {
  /// The streams that a STATE has something for.
  package static func streams(_ state: JSONValue) -> [String] {
    if let bookmarks = state["bookmarks"]?.object { return bookmarks.keys }
    return airbyteStreams(state).map(\.name)
  }

  /// The STATE without one stream; nil if it has nothing for that stream.
  package static func removing(_ stream: String, from state: JSONValue) -> JSONValue? {
    guard var object = state.object else { return nil }
    if var bookmarks = object["bookmarks"]?.object {
      guard bookmarks[stream] != nil else { return nil }
      bookmarks[stream] = nil
      object["bookmarks"] = .object(bookmarks)
      if object["currently_syncing"]?.string == stream { object["currently_syncing"] = .null }
      return .object(object)
    }
    guard airbyteStreams(state).contains(where: { $0.name == stream }) else { return nil }
    return edited(state) { name in name != stream }
  }

  private static func airbyteStreams(_ state: JSONValue) -> [(name: String, value: JSONValue)] {
    let messages = state.array ?? [state]
    return messages.compactMap { message in
      let body = message["state"] ?? message
      let name = body["stream"]?["stream_descriptor"]?["name"]?.string
      return name.map { ($0, message) }
    }
  }

  private static func edited(_ state: JSONValue, keeping: (String) -> Bool) -> JSONValue {
    guard let messages = state.array else { return .array([]) }
    return .array(
      messages.filter { message in
        let body = message["state"] ?? message
        return body["stream"]?["stream_descriptor"]?["name"]?.string.map(keeping) ?? true
      }
    )
  }
}
