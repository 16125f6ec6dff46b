internal import JSON

/// What all values at one place of a stream's records have in common.
final class FieldProfile {
  enum Kind: String { case boolean, integer, number, string, object, array }

  /// The values that are not null.
  private(set) var values = 0
  /// The nulls that are written; where the field is absent nothing is counted.
  private(set) var nulls = 0
  private(set) var kinds: Set<Kind> = []
  private(set) var numbers = NumberProfile()
  private(set) var texts = TextProfile()
  /// The members of objects, in the order in which they came first.
  private(set) var members: [(name: String, profile: FieldProfile)] = []
  private var places: [ExactText: Int] = [:]
  /// Whether the objects have too many names to be anything but keys of a map.
  private(set) var isMap = false
  /// The elements of arrays.
  private(set) var item: FieldProfile?
  /// How many elements arrays have.
  private(set) var lengths: ClosedRange<Int>?

  /// More names than that are data.
  private static let memberLimit = 2000

  func add(_ value: JSONValue) {
    guard !value.isNull else {
      nulls += 1
      return
    }
    values += 1
    switch value {
    case .null: break
    case .bool: kinds.insert(.boolean)
    case .number(let number):
      // 10.0 is a float that happens to be whole: tomorrow's may be 10.5.
      kinds.insert(NumberProfile.isWhole(number) ? .integer : .number)
      numbers.add(number)
    case .string(let text):
      kinds.insert(.string)
      texts.add(text)
    case .object(let object):
      kinds.insert(.object)
      add(object)
    case .array(let elements):
      kinds.insert(.array)
      let count = elements.count
      lengths = min(lengths?.lowerBound ?? count, count)...max(lengths?.upperBound ?? count, count)
      if !elements.isEmpty, item == nil { item = FieldProfile() }
      for element in elements { item?.add(element) }
    }
  }

  private func add(_ object: JSONObject) {
    guard !isMap else { return }
    for (name, value) in object.members { member(name).add(value) }
    guard members.count > Self.memberLimit else { return }
    isMap = true
    members = []
    places = [:]
  }

  private func member(_ name: String) -> FieldProfile {
    let key = ExactText(name)
    if let place = places[key] { return members[place].profile }
    let profile = FieldProfile()
    places[key] = members.count
    members.append((name, profile))
    return profile
  }
}
