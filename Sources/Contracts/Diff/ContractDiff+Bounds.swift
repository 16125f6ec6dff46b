internal import JSON
internal import JSONSchema

/// Bounds, lengths, steps and widths.
extension ContractDiff {
  mutating func compareBounds(
    _ old: ContractProperty,
    _ new: ContractProperty,
    _ place: String
  ) {
    for isLower in [true, false] {
      compareNumbers(old, new, place, isLower: isLower)
      compareInstants(old, new, place, isLower: isLower)
    }
    let lower: [(String, Int?, Int?)] = [
      ("minLength", old.minLength, new.minLength), ("minItems", old.minItems, new.minItems),
      ("minProperties", old.minProperties, new.minProperties),
    ]
    // At least nothing is nothing.
    for (name, before, after) in lower {
      let counts = [before, after].map { $0 == 0 ? nil : $0 }
      if counts[0] == counts[1], before != after { addWords(place, "\(name) 0 says nothing") }
      bound(name, counts[0], counts[1], place, isLower: true)
    }
    let upper: [(String, Int?, Int?)] = [
      ("maxLength", old.maxLength, new.maxLength), ("maxItems", old.maxItems, new.maxItems),
      ("maxProperties", old.maxProperties, new.maxProperties),
    ]
    for (name, before, after) in upper { bound(name, before, after, place, isLower: false) }
    compareSteps(old, new, place)
    compareWidths(old.number.width, new.number.width, place)
  }

  private mutating func bound(
    _ name: String,
    _ old: Int?,
    _ new: Int?,
    _ place: String,
    isLower: Bool
  ) {
    let limits = [old, new].map { $0.map { Limit(JSONNumber($0), isExclusive: false) } }
    let scope = ValueScope(limits[0], limits[1], isLower: isLower)
    told(name, old.map { "\($0)" }, new.map { "\($0)" }, place, scope)
  }

  /// A change of something that may be absent.
  mutating func told(
    _ name: String,
    _ old: String?,
    _ new: String?,
    _ place: String,
    _ scope: ValueScope
  ) {
    switch (old, new) {
    case (nil, let after?): add(place, "\(name) \(after) is new", breaks: scope.breaks)
    case (let before?, nil): add(place, "\(name) \(before) is gone", breaks: scope.breaks)
    case (let before?, let after?) where before != after:
      guard scope.breaks.isEmpty else {
        add(place, "\(name) changed from \(before) to \(after)", breaks: scope.breaks)
        return
      }
      addWords(place, "\(name) \(before) is written \(after)")
    default: break
    }
  }

  private mutating func compareNumbers(
    _ old: ContractProperty,
    _ new: ContractProperty,
    _ place: String,
    isLower: Bool
  ) {
    func limit(_ property: ContractProperty) -> Limit<JSONNumber>? {
      let rules = property.number
      return .strictest(
        isLower ? rules.minimum : rules.maximum,
        exclusive: isLower ? rules.exclusiveMinimum : rules.exclusiveMaximum,
        isLower: isLower,
        isInteger: property.type == .integer
      )
    }
    /// The bounds as they are written: the key and the number.
    func written(_ property: ContractProperty) -> [(key: String, text: String)] {
      let rules = property.number
      let pairs =
        isLower
        ? [("minimum", rules.minimum), ("exclusiveMinimum", rules.exclusiveMinimum)]
        : [("maximum", rules.maximum), ("exclusiveMaximum", rules.exclusiveMaximum)]
      return pairs.compactMap { key, number in number.map { (key, $0.text) } }
    }
    let scope = ValueScope(limit(old), limit(new), isLower: isLower)
    let (before, after) = (written(old), written(new))
    if before.count <= 1, after.count <= 1, let key = (after.first ?? before.first)?.key,
      before.first?.key ?? key == key
    {
      told(key, before.first?.text, after.first?.text, place, scope)
    } else {
      let texts = [before, after].map { $0.map { "\($0.key) \($0.text)" }.joined(separator: ", ") }
      guard texts[0] != texts[1] else { return }
      let message = "\(texts[0]) changed to \(texts[1].isEmpty ? "nothing" : texts[1])"
      guard scope.breaks.isEmpty else { return add(place, message, breaks: scope.breaks) }
      addWords(place, message)
    }
  }

  private mutating func compareInstants(
    _ old: ContractProperty,
    _ new: ContractProperty,
    _ place: String,
    isLower: Bool
  ) {
    func bound(_ property: ContractProperty) -> TemporalRules.Bound? {
      isLower ? property.temporal?.minimum : property.temporal?.maximum
    }
    func limit(_ bound: TemporalRules.Bound) -> Limit<Calendar.Instant> {
      Limit(value: bound.instant, isExclusive: bound.isExclusive) { $0.precedes($1) }
    }
    let scope = ValueScope(bound(old).map(limit), bound(new).map(limit), isLower: isLower)
    told(isLower ? "minimum" : "maximum", bound(old)?.words, bound(new)?.words, place, scope)
  }

  /// Multiples of 0.1 are multiples of 0.01; not the other way round.
  private mutating func compareSteps(
    _ old: ContractProperty,
    _ new: ContractProperty,
    _ place: String
  ) {
    let steps = [old, new].map(\.number.multipleOf)
    let scope: ValueScope
    if let before = steps[0]?.decimal, let after = steps[1]?.decimal {
      scope = ValueScope(
        narrows: !before.isMultiple(of: after),
        widens: !after.isMultiple(of: before)
      )
    } else {
      let isWhole = (steps[0] ?? steps[1]) == JSONNumber(1) && old.type == .integer
      scope = isWhole ? .same : ValueScope(narrows: steps[0] == nil, widens: steps[1] == nil)
    }
    told("multipleOf", steps[0]?.text, steps[1]?.text, place, scope)
  }

  private mutating func compareWidths(
    _ old: NumberRules.Width?,
    _ new: NumberRules.Width?,
    _ place: String
  ) {
    func limit(_ number: JSONNumber?) -> Limit<JSONNumber>? {
      number.map { Limit($0, isExclusive: false) }
    }
    let low = ValueScope(limit(old?.lowest), limit(new?.lowest), isLower: true)
    let high = ValueScope(limit(old?.highest), limit(new?.highest), isLower: false)
    told("format", old?.name, new?.name, place, low.and(high))
  }
}

extension TemporalRules.Bound {
  fileprivate var words: String { isExclusive ? "\(text) (exclusive)" : text }
}
