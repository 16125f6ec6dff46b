package import JSON

/// What the bytes of a value can be checked for at full speed, as a tree.
///
/// A shape only ever says "surely fine": a value that it does not accept is looked at again by the
/// exact check that it was made from.
package struct FastShape {
  /// How the bytes of a text are checked beyond its length.
  package enum Text {
    case any
    /// `YYYY-MM-DD`, within days since 1970-01-01.
    case day(ClosedRange<Int>)
    case matching((Span<UInt8>) -> Bool)
    case format(Format)
    case bytes(BytePattern)
    /// A day and a time of day; one that is not written like `2013-01-31T05:00:00Z` is asked about.
    case moment((Span<UInt8>) -> Bool)
  }

  package var kinds: ValueKinds
  package var number: NumberRules
  package var minLength = 0
  package var maxLength = Int.max
  package var text = Text.any
  /// Texts that are the only ones allowed; nil for any.
  package var choices: [String]?
  package var properties: [(name: String, shape: FastShape, required: Bool)] = []
  /// Whether an object may have members that are not among `properties`.
  package var allowsUnknown = true
  /// Whether such members are listed by their path; of the root they always are.
  package var listsUnknown = false
  package var items: [FastShape] = []
  package var minItems = 0
  package var maxItems = Int.max
  /// An exact check of the whole value, for what has no faster one.
  package var exact: ((JSONValue) -> Bool)?
  /// The number under which the value's place is kept, such as a part of a key.
  package var capture: Int?

  /// A shape of the given kinds without further conditions.
  package init(_ kinds: ValueKinds = .all, number: NumberRules = NumberRules()) {
    self.kinds = kinds
    self.number = number
  }

  /// A shape that parses each value and asks `exact`.
  package init(exact: @escaping (JSONValue) -> Bool) {
    self.init()
    self.exact = exact
  }
}
