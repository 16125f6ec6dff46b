/// The members of an object, in order; keys differ by their exact bytes.
public struct JSONObject: Sendable, ExpressibleByDictionaryLiteral {
  /// A key with its value.
  public typealias Member = (key: String, value: JSONValue)

  /// The members, in the order in which their keys first appeared.
  public private(set) var members: [Member] = []
  /// From key to place, kept from the size on where a linear search would be slow.
  private var places: [ExactText: Int] = [:]
  private static let indexedFrom = 16

  /// Creates an object without members.
  public init() {}

  /// A key in a literal.
  public typealias Key = String
  /// A value in a literal.
  public typealias Value = JSONValue

  /// Creates an object of `members`; of equal keys the last wins.
  public init(_ members: some Sequence<Member>) {
    for member in members { self[member.key] = member.value }
  }

  /// Creates an object from a literal; of equal keys the last wins.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    for (key, value) in elements { self[key] = value }
  }

  /// The number of members.
  public var count: Int { members.count }
  /// Whether there are no members.
  public var isEmpty: Bool { members.isEmpty }
  /// The keys, in order.
  public var keys: [String] { members.map(\.key) }

  /// The value of `key`; a new key is put last, and setting nil removes it.
  public subscript(key: String) -> JSONValue? {
    get { place(of: key).map { members[$0].value } }
    set {
      switch (place(of: key), newValue) {
      case (let place?, let value?):
        members[place].value = value
      case (nil, let value?):
        members.append((key, value))
        if members.count == Self.indexedFrom {
          reindex()
        } else if members.count > Self.indexedFrom {
          places[ExactText(key)] = members.count - 1
        }
      case (let place?, nil):
        members.remove(at: place)
        reindex()
      case (nil, nil):
        break
      }
    }
  }

  private mutating func reindex() {
    places.removeAll()
    guard members.count >= Self.indexedFrom else { return }
    for (place, member) in members.enumerated() { places[ExactText(member.key)] = place }
  }

  private func place(of key: String) -> Int? {
    members.count >= Self.indexedFrom
      ? places[ExactText(key)] : members.firstIndex { $0.key.hasSameBytes(as: key) }
  }
}

extension JSONObject: Hashable {
  /// Whether both have equal values under the same keys, in any order.
  public static func == (left: Self, right: Self) -> Bool {
    left.count == right.count && left.members.allSatisfy { right[$0.key] == $0.value }
  }

  /// Hashes the members regardless of their order.
  public func hash(into hasher: inout Hasher) {
    var sum = 0
    for member in members {
      var inner = Hasher()
      for byte in member.key.utf8 { inner.combine(byte) }
      inner.combine(member.value)
      sum &+= inner.finalize()
    }
    hasher.combine(sum)
  }
}

extension JSONObject: Sequence {
  /// Iterates over the members in order.
  public func makeIterator() -> IndexingIterator<[Member]> { members.makeIterator() }
}

extension String {
  /// Whether both are the same bytes; `==` would also accept another Unicode normalisation.
  package func hasSameBytes(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}
