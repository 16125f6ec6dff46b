import Columns
import JSON

// SAFETY, for the whole file: as in RecordDecoder.swift; a number's text lies below `end`.

extension RecordDecoder {
  /// Appends the decimal read from `start` to `next`.
  @inline(__always)
  mutating func appendDecimal(
    _ index: Int,
    _ number: ScalarText.Number,
    _ start: Position,
    _ next: Position,
    _ columns: UnsafeMutablePointer<Column>
  ) -> Position? {
    let node = unsafe nodes + index
    let shift = unsafe node.pointee.scale &+ number.exponent
    if number.digits <= 18, shift >= 0, number.digits &+ shift <= 18 {
      let magnitude = unsafe number.mantissa &* tens[shift]
      if unsafe node.pointee.precision > 18 || magnitude < tens[node.pointee.precision] {
        let value = Int64(truncatingIfNeeded: magnitude)
        unsafe appendDecimal(node, number.isNegative ? -value : value, columns)
        return unsafe next
      }
    }
    return unsafe slowDecimal(index, start, next, columns)
  }

  @inline(__always)
  private func appendDecimal(
    _ node: UnsafeMutablePointer<PlanNode>,
    _ value: Int64,
    _ columns: UnsafeMutablePointer<Column>
  ) {
    if unsafe node.pointee.storage == .int64 {
      unsafe columns[node.pointee.leaf].append(value)
    } else {
      unsafe columns[node.pointee.leaf].append(Int128(value))
    }
  }

  @inline(never)
  private mutating func slowDecimal(
    _ index: Int,
    _ start: Position,
    _ next: Position,
    _ columns: UnsafeMutablePointer<Column>
  ) -> Position? {
    let node = unsafe nodes + index
    let value = unsafe ScalarText.slowDecimal(
      start,
      next,
      precision: node.pointee.precision,
      scale: node.pointee.scale
    )
    guard let value else { return unsafe misfit(index, .range, start, next, columns) }
    if unsafe node.pointee.storage == .int64 {
      unsafe columns[node.pointee.leaf].append(Int64(truncatingIfNeeded: value))
    } else {
      unsafe columns[node.pointee.leaf].append(value)
    }
    return unsafe next
  }

  /// A number that is long, has an exponent, is beyond its column's range, or is none at all.
  @inline(never)
  mutating func unusualNumber(
    _ index: Int,
    _ start: Position,
    _ end: Position,
    _ columns: UnsafeMutablePointer<Column>
  ) throws(JSONFault) -> Position? {
    guard unsafe isNumber(start) else { return unsafe try other(index, start, end, columns) }
    var number = ScalarText.Number()
    let next = unsafe try ScalarText.number(start, end, &number)
    return unsafe nodes[index].kind == .double
      ? appendDouble(index, number, start, next, columns)
      : appendInteger(index, number, start, next, columns)
  }

  /// Appends the whole number read from `start` to `next`, however it is written.
  private mutating func appendInteger(
    _ index: Int,
    _ number: ScalarText.Number,
    _ start: Position,
    _ next: Position,
    _ columns: UnsafeMutablePointer<Column>
  ) -> Position? {
    let node = unsafe nodes + index
    let highest =
      unsafe node.pointee.isUnsigned64 ? Int128(UInt64.max) : Int128(node.pointee.highest)
    // Identifiers and times in nanoseconds are long, and nothing else about them is unusual.
    let isPlain = number.exponent == 0 && number.digits <= 18
    let magnitude = Int128(number.mantissa)
    let whole =
      unsafe isPlain
      ? (number.isNegative ? -magnitude : magnitude)
      : ScalarText.slowDecimal(start, next, precision: 38, scale: 0)
    guard let value = whole, unsafe value >= Int128(node.pointee.lowest), value <= highest
    else { return unsafe misfit(index, .range, start, next, columns) }
    if unsafe node.pointee.storage == .int64 {
      unsafe columns[node.pointee.leaf].append(Int64(truncatingIfNeeded: value))
    } else {
      unsafe columns[node.pointee.leaf].append(Int32(truncatingIfNeeded: value))
    }
    return unsafe next
  }

  /// Appends the number read from `start` to `next`.
  private mutating func appendDouble(
    _ index: Int,
    _ number: ScalarText.Number,
    _ start: Position,
    _ next: Position,
    _ columns: UnsafeMutablePointer<Column>
  ) -> Position? {
    let column = unsafe columns + nodes[index].leaf
    // Fifteen digits and ten to the 22nd are exact doubles: one rounding, the right one.
    if number.digits <= 15, number.exponent >= -22, number.exponent <= 22 {
      let magnitude = Double(Int64(truncatingIfNeeded: number.mantissa))
      let value =
        unsafe number.exponent < 0
        ? magnitude / powers[-number.exponent] : magnitude * powers[number.exponent]
      unsafe column.pointee.append(number.isNegative ? -value : value)
      return unsafe next
    }
    guard let value = unsafe ScalarText.slowDouble(start, next) else {
      return unsafe misfit(index, .range, start, next, columns)
    }
    unsafe column.pointee.append(value)
    return unsafe next
  }

  /// Whether a digit or a minus stands at `p`.
  @inline(__always)
  func isNumber(_ p: Position) -> Bool {
    unsafe ScalarText.digit(p) <= 9 || p.pointee == 0x2D
  }
}
