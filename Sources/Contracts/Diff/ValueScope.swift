internal import JSON
internal import JSONSchema

/// How the values that the new version takes stand to those of the old one.
enum ValueScope {
  case same, narrower, wider, other

  /// Fewer values refuse records that were fine; more let values come that never came.
  var breaks: ContractChange.Breaks {
    switch self {
    case .same: []
    case .narrower: .writers
    case .wider: .readers
    case .other: .all
    }
  }

  /// Both conditions together.
  func and(_ next: ValueScope) -> ValueScope {
    switch (self, next) {
    case (.same, let only), (let only, .same): only
    case (.narrower, .narrower): .narrower
    case (.wider, .wider): .wider
    default: .other
    }
  }

  /// By what is left out and what is let in.
  init(narrows: Bool, widens: Bool) {
    switch (narrows, widens) {
    case (false, false): self = .same
    case (true, false): self = .narrower
    case (false, true): self = .wider
    case (true, true): self = .other
    }
  }

  /// Of two lists of the only values, nil for any.
  init<Value: Hashable>(_ old: Set<Value>?, _ new: Set<Value>?) {
    switch (old, new) {
    case (nil, nil): self = .same
    case (nil, _?): self = .narrower
    case (_?, nil): self = .wider
    case (let old?, let new?):
      self.init(narrows: !new.isSuperset(of: old), widens: !old.isSuperset(of: new))
    }
  }

  /// Of two lower bounds, or two upper ones.
  init<Value>(_ old: Limit<Value>?, _ new: Limit<Value>?, isLower: Bool) {
    switch (old, new) {
    case (nil, nil): self = .same
    case (nil, _?): self = .narrower
    case (_?, nil): self = .wider
    case (let old?, let new?):
      let isAbove = old.precedes(new, isLower: isLower)
      let isBelow = new.precedes(old, isLower: isLower)
      self.init(narrows: isLower ? isAbove : isBelow, widens: isLower ? isBelow : isAbove)
    }
  }
}

/// A bound, and whether it is itself excluded.
struct Limit<Value> {
  let value: Value
  let isExclusive: Bool
  /// Whether one value comes before another.
  let isLess: (Value, Value) -> Bool

  /// Whether the bound lies before `other`, both being lower ones or both upper ones.
  func precedes(_ other: Limit, isLower: Bool) -> Bool {
    if isLess(value, other.value) { return true }
    guard !isLess(other.value, value) else { return false }
    // Of two lower bounds the exclusive one lies behind, of two upper ones before.
    return isLower ? !isExclusive && other.isExclusive : isExclusive && !other.isExclusive
  }
}

extension Limit<JSONNumber> {
  init(_ number: JSONNumber, isExclusive: Bool) {
    self.init(value: number, isExclusive: isExclusive) { $0 < $1 }
  }

  /// The stricter of a bound and an exclusive one; nil where there is neither.
  ///
  /// Of integers an exclusive whole bound is the next integer.
  static func strictest(
    _ bound: JSONNumber?,
    exclusive: JSONNumber?,
    isLower: Bool,
    isInteger: Bool
  ) -> Limit? {
    var limits = [bound.map { Limit($0, isExclusive: false) }].compactMap(\.self)
    if let exclusive {
      if isInteger, let whole = exclusive.int64, let next = step(whole, isLower ? 1 : -1) {
        limits.append(Limit(next, isExclusive: false))
      } else {
        limits.append(Limit(exclusive, isExclusive: true))
      }
    }
    return limits.max { left, right in
      isLower ? left.precedes(right, isLower: true) : right.precedes(left, isLower: false)
    }
  }

  private static func step(_ number: Int64, _ by: Int64) -> JSONNumber? {
    let (next, overflow) = number.addingReportingOverflow(by)
    return overflow ? nil : JSONNumber(next)
  }
}
