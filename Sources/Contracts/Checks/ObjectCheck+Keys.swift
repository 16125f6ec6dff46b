package import JSON
internal import JSONSchema

extension ObjectCheck.Key {
  /// Each value of a key below the top of `record`, and where it stands.
  package func values(in record: JSONObject) -> [(pointer: String, value: JSONValue)] {
    guard let path else { return [] }
    var found: [(pointer: String, value: JSONValue)] = []
    Self.collect(.object(record), path[...], "", &found)
    return found
  }

  private static func collect(
    _ value: JSONValue,
    _ path: ArraySlice<String>,
    _ pointer: String,
    _ found: inout [(pointer: String, value: JSONValue)]
  ) {
    guard let step = path.first else {
      found.append((pointer, value))
      return
    }
    let rest = path.dropFirst()
    switch value {
    case .array(let elements) where step == "*":
      for (index, element) in elements.enumerated() {
        collect(element, rest, Pointer.append(pointer, index), &found)
      }
    case .object(let object) where step == "*" && object["*"] == nil:
      for (name, member) in object.members {
        collect(member, rest, Pointer.append(pointer, name), &found)
      }
    case .object(let object):
      guard let member = object[step] else { return }
      collect(member, rest, Pointer.append(pointer, step), &found)
    default: break
    }
  }
}
