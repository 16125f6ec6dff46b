internal import JSON

/// Looks for secrets in STATE, which is kept as its tap sends it, and where it is: never what it is.
struct StateSecrets {
  private var told: Set<String> = []
  private var nextLook = 0.0

  /// What to tell of a STATE, each place once; it is looked at once a second, and where `isLast`.
  mutating func look(_ state: JSONValue, now: Double, isLast: Bool = false) -> [LogLine] {
    guard isLast || now >= nextLook else { return [] }
    nextLook = now + 1
    let redactor = Redactor.known
    guard redactor.reach > 0 else { return [] }
    var places: [String] = []
    Self.walk(state, [], redactor) { path in
      let place = redactor.applied(to: path.joined(separator: "/"))
      if told.insert(place).inserted { places.append(Self.text(place, path)) }
    }
    return places.map { LogLine("dativo", $0, level: .warning) }
  }

  private static func text(_ place: String, _ path: [String]) -> String {
    let stream = path.count > 2 && path[0] == "bookmarks" ? " of stream \(path[1])" : ""
    let text = "the STATE\(stream) holds a secret at \(place): it is stored as the tap sent it"
    return Redactor.known.applied(to: text)
  }

  private static func walk(
    _ value: JSONValue,
    _ path: [String],
    _ redactor: Redactor,
    _ found: ([String]) -> Void
  ) {
    switch value {
    case .object(let object):
      for (key, member) in object.members {
        if redactor.applied(to: key) != key { found(path + [key]) }
        walk(member, path + [key], redactor, found)
      }
    case .array(let elements):
      for (index, element) in elements.enumerated() {
        walk(element, path + ["\(index)"], redactor, found)
      }
    case .string(let text): if redactor.applied(to: text) != text { found(path) }
    case .number, .bool, .null: return
    }
  }
}
