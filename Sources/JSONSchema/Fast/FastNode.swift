import JSON

/// One shape, flattened: the facts that are read per value.
struct FastNode {
  enum TextKind: UInt8 { case any, day, moment, matching, format, bytes, choice }

  var kinds: ValueKinds
  var textKind = TextKind.any
  var minLength = 0
  var maxLength = Int.max
  var lowDay = Int.min
  var highDay = Int.max
  var hasDayBounds: Bool { lowDay != .min || highDay != .max }
  /// The matcher, the first of the choices or of the pattern's steps, or the exact check.
  var place = -1
  /// How many choices or steps.
  var placeCount = 0
  var format = Format.date
  var number = FastNumber()
  var child = 0
  var childCount = 0
  var requiredCount = 0
  var isRequired = false
  var allowsUnknown = true
  var listsUnknown = false
  var minItems = 0
  var maxItems = Int.max
  var isExact = false
  var capture = -1
  /// Whether it is exact, or captured.
  var isSpecial = false
}

/// Bounds and step of a number at a fixed scale, narrowed where they are not exact.
struct FastNumber {
  var isChecked = false
  /// Whole numbers only.
  var isInteger = false
  var scale = 0
  var low = Int64.min
  var high = Int64.max
  /// The same for whole numbers, where there is no step.
  var lowWhole = Int64.min
  var highWhole = Int64.max
  /// The step at the scale; 0 for none, -1 for one that has no fast check.
  var step: Int64 = 0
  /// The number of decimal digits that a step of a power of ten allows; -1 for other steps.
  var digits = -1
  /// What a rounded value must lie strictly between.
  var lowDouble = -Double.infinity
  var highDouble = Double.infinity

  init() {}

  init(_ rules: NumberRules, isInteger: Bool) {
    self.isInteger = isInteger
    isChecked = !rules.isEmpty
    let lows = [rules.minimum, rules.exclusiveMinimum, rules.width?.lowest].compactMap(\.self)
    let highs = [rules.maximum, rules.exclusiveMaximum, rules.width?.highest].compactMap(\.self)
    let scales = (lows + highs + [rules.multipleOf].compactMap(\.self)).map(\.decimal.scale)
    // Prices often have more decimals than their bounds: four are compared exactly at least.
    scale = min(max(scales.max() ?? 0, 4), 9)
    for bound in lows {
      low = max(low, Self.scaled(bound, scale, up: true))
      let double = bound.double
      lowDouble = max(lowDouble, double + abs(double) * 1e-14)
    }
    for bound in highs {
      high = min(high, Self.scaled(bound, scale, up: false))
      let double = bound.double
      highDouble = min(highDouble, double - abs(double) * 1e-14)
    }
    if let bound = rules.exclusiveMinimum {
      low = max(low, Self.scaled(bound, scale, up: true).addingReportingOverflow(1).partialValue)
    }
    if let bound = rules.exclusiveMaximum {
      let limit = Self.scaled(bound, scale, up: false)
      high = min(high, limit == .min ? limit : limit - 1)
    }
    for bound in lows { lowWhole = max(lowWhole, Self.scaled(bound, 0, up: true)) }
    for bound in highs { highWhole = min(highWhole, Self.scaled(bound, 0, up: false)) }
    // A bound that is whole itself is not within.
    if let bound = rules.exclusiveMinimum, bound.isInteger, lowWhole < .max {
      lowWhole = max(lowWhole, Self.scaled(bound, 0, up: true) + 1)
    }
    if let bound = rules.exclusiveMaximum, bound.isInteger, highWhole > .min {
      highWhole = min(highWhole, Self.scaled(bound, 0, up: false) - 1)
    }
    guard let multiple = rules.multipleOf?.decimal else { return }
    if multiple.digits == [1], multiple.exponent <= 0 {
      digits = -multiple.exponent
    } else {
      let exact = multiple.scale <= scale && multiple.precision + scale <= 18
      step = exact ? max(Self.scaled(rules.multipleOf, scale), 0) : -1
      if step == 0 { step = -1 }
    }
  }

  private static func scaled(_ number: JSONNumber?, _ scale: Int) -> Int64 {
    number.map { scaled($0, scale, up: false) } ?? 0
  }

  /// The number times 10^scale, rounded up or down, held at the ends of the range.
  private static func scaled(_ number: JSONNumber, _ scale: Int, up: Bool) -> Int64 {
    let decimal = number.decimal
    var digits = decimal.digits
    var shift = decimal.exponent + scale
    var isExact = true
    while shift < 0, !digits.isEmpty {
      let last = digits.removeLast()
      isExact = isExact && last == 0
      shift += 1
    }
    guard !digits.isEmpty else {
      return isExact ? 0 : decimal.isNegative ? (up ? 0 : -1) : (up ? 1 : 0)
    }
    guard digits.count + shift <= 18 else { return decimal.isNegative ? .min : .max }
    var magnitude: Int64 = 0
    for digit in digits { magnitude = magnitude * 10 + Int64(digit) }
    for _ in 0..<max(shift, 0) { magnitude *= 10 }
    if !isExact, up != decimal.isNegative { magnitude += 1 }
    return decimal.isNegative ? -magnitude : magnitude
  }
}
