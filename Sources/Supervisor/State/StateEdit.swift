package import JSON

/// Changes to a STATE by the conventions that taps follow.
package enum StateEdit {
  /// The streams that a STATE has something for.
  package static func streams(_ state: JSONValue) -> [String] {
    StateParts(state).streams.map(\.name)
  }

  /// Whether a STATE says nothing, so that it never takes the place of a real one.
  package static func isEmpty(_ state: JSONValue?) -> Bool {
    switch state {
    case nil, .null?: true
    case .object(let object)?: object.isEmpty
    case .array(let array)?: array.isEmpty
    default: false
    }
  }

  /// The STATE without one stream; nil if it has nothing for that stream.
  package static func removing(_ stream: String, from state: JSONValue) -> JSONValue? {
    guard streams(state).contains(stream) else { return nil }
    guard var object = state.object, var bookmarks = object["bookmarks"]?.object else {
      return .array((state.array ?? []).filter { StateParts.name($0) != stream })
    }
    bookmarks[stream] = nil
    object["bookmarks"] = .object(bookmarks)
    if object["currently_syncing"]?.string == stream { object["currently_syncing"] = .null }
    return .object(object)
  }

  /// The STATE with what `update` has in place of its own, stream by stream; what belongs to no
  /// stream, key by key.
  package static func merging(
    _ update: JSONValue,
    into state: JSONValue?
  ) throws(Unlike) -> JSONValue {
    guard let state, !isEmpty(state) else { return update }
    let (old, new) = (StateParts(state), StateParts(update))
    guard old.form == new.form else { throw Unlike(state: old.form, update: new.form) }
    switch old.form {
    case .bookmarks:
      var object = laid(over: state.object ?? [:], new.rest)
      object["bookmarks"] = .object(
        laid(over: state["bookmarks"]?.object ?? [:], update["bookmarks"]?.object ?? [:])
      )
      return .object(object)
    case .streams:
      var messages = state.array ?? [state]
      for message in update.array ?? [update] {
        let name = StateParts.name(message)
        if let place = messages.firstIndex(where: { StateParts.name($0) == name }) {
          messages[place] = message
        } else {
          messages.append(message)
        }
      }
      return .array(messages)
    case .other:
      guard let object = state.object, let newer = update.object else {
        throw Unlike(state: old.form, update: new.form)
      }
      return .object(laid(over: object, newer))
    }
  }

  /// What a STATE told by a run that has not ended well leaves of the one before it: the streams
  /// that it does not name have not been read yet, so theirs stand.
  package static func carrying(_ former: JSONValue?, into told: JSONValue) -> JSONValue {
    guard let former, StateParts(former).form == .bookmarks, StateParts(told).form == .bookmarks,
      var object = told.object
    else { return told }
    object["bookmarks"] = .object(
      laid(over: former["bookmarks"]?.object ?? [:], told["bookmarks"]?.object ?? [:])
    )
    return .object(object)
  }

  private static func laid(over object: JSONObject, _ newer: JSONObject) -> JSONObject {
    var object = object
    for member in newer { object[member.key] = member.value }
    return object
  }

  /// Two STATEs that have nothing to be merged by.
  package struct Unlike: Error, Hashable {
    package let state: StateParts.Form
    package let update: StateParts.Form
  }
}
