package import JSON

extension JSONDecimal {
  /// Whether the number is a whole multiple of `step`, exactly; `step` is not zero.
  ///
  /// Digits are divided by hand, since neither a Double nor a fixed-width integer holds them all.
  package func isMultiple(of step: JSONDecimal) -> Bool {
    guard !digits.isEmpty else { return true }
    guard !step.digits.isEmpty else { return false }
    let shift = exponent - step.exponent
    // 10^-38 and its like: a check of the scale alone.
    if step.digits == [1] { return shift >= 0 }
    if shift >= 0 {
      guard let divisor = Self.integer(step.digits) else { return isMultipleAtLength(step, shift) }
      var rest = Self.remainder(digits, 0, divisor)
      // A remainder that repeats would go on for ever; an exponent is at most 2^40.
      for _ in 0..<min(shift, 4096) where rest != 0 { rest = Self.shifted(rest, divisor) }
      return rest == 0
    }
    // The step has coarser digits than the value: its own, with zeros, must divide.
    guard -shift <= 60, let divisor = Self.integer(step.digits + zeros(-shift)) else {
      return false
    }
    return Self.remainder(digits, 0, divisor) == 0
  }

  private func zeros(_ count: Int) -> [UInt8] { Array(repeating: 0, count: count) }

  private func isMultipleAtLength(_ step: JSONDecimal, _ shift: Int) -> Bool {
    // Beyond 37 digits only long division by repeated subtraction is left.
    guard shift <= 4096 else { return false }
    var rest: [UInt8] = []
    for digit in digits + zeros(shift) {
      if !rest.isEmpty || digit != 0 { rest.append(digit) }
      while !Self.precedes(rest, step.digits) { Self.subtract(step.digits, from: &rest) }
    }
    return rest.isEmpty
  }

  private static func precedes(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.count == right.count ? left.lexicographicallyPrecedes(right) : left.count < right.count
  }

  private static func subtract(_ right: [UInt8], from left: inout [UInt8]) {
    var borrow: UInt8 = 0
    for offset in 1...left.count {
      let place = left.count - offset
      let other = (offset <= right.count ? right[right.count - offset] : 0) + borrow
      borrow = left[place] < other ? 1 : 0
      left[place] = left[place] + borrow * 10 - other
    }
    left.removeFirst(left.prefix { $0 == 0 }.count)
  }

  /// The digits as one integer, if 37 or fewer.
  private static func integer(_ digits: [UInt8]) -> UInt128? {
    guard digits.count <= 37 else { return nil }
    return digits.reduce(0) { $0 * 10 + UInt128($1) }
  }

  private static func remainder(_ digits: [UInt8], _ start: UInt128, _ divisor: UInt128) -> UInt128
  {
    digits.reduce(start) { (($0 * 10) + UInt128($1)) % divisor }
  }

  private static func shifted(_ rest: UInt128, _ divisor: UInt128) -> UInt128 {
    (rest * 10) % divisor
  }
}
