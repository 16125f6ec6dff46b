internal import JSON

/// What all numbers of a field have in common.
struct NumberProfile {
  private(set) var minimum: JSONNumber?
  private(set) var maximum: JSONNumber?
  /// The most digits after the point that a number needs.
  private(set) var scale = 0
  /// How many numbers need so many.
  private(set) var scaled = 0

  mutating func add(_ number: JSONNumber) {
    if minimum.map({ Self.isLess(number, $0) }) ?? true { minimum = number }
    if maximum.map({ Self.isLess($0, number) }) ?? true { maximum = number }
    let scale = Self.isWhole(number) ? 0 : number.decimal.scale
    if scale > self.scale {
      self.scale = scale
      scaled = 0
    }
    if scale == self.scale { scaled += 1 }
  }

  /// Whether all are 64-bit integers, if they are integers.
  var fitsInt64: Bool { minimum?.int64 != nil && maximum?.int64 != nil }

  /// Whether the number has neither point nor exponent.
  static func isWhole(_ number: JSONNumber) -> Bool {
    number.text.utf8.allSatisfy { $0 == 0x2D || (0x30...0x39).contains($0) }
  }

  /// Exact, and by machine numbers where they can tell.
  private static func isLess(_ left: JSONNumber, _ right: JSONNumber) -> Bool {
    if let left = Int64(left.text), let right = Int64(right.text) { return left < right }
    let (one, other) = (left.double, right.double)
    return one == other ? left < right : one < other
  }
}
