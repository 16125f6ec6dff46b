// SAFETY, for the whole file: seventeen bytes are there, checked first, and no read goes beyond them.

/// A number written in digits, with or without a point, as nearly all numbers are.
///
/// Its digits are found eight bytes at a time: no loop whose end would have to be foreseen.
@safe
public struct PlainNumber {
  /// How many digits there are, those in front of the point and behind it.
  public let digits: Int
  /// How many of them stand behind the point.
  public let fraction: Int
  /// The position after it, where neither a digit nor an exponent stands.
  public let end: JSONScanner.Position

  /// The last eight digits and those before them, the first one lowest, in front of them zeros.
  @usableFromInline let low: UInt64
  @usableFromInline let high: UInt64

  @inlinable @inline(__always)
  init(_ low: UInt64, _ high: UInt64, digits: Int, fraction: Int, end: JSONScanner.Position) {
    self.low = low
    self.high = high
    self.digits = digits
    self.fraction = fraction
    unsafe self.end = end
  }

  /// Reads the number whose first digit stands at `p`, any sign before it.
  ///
  /// Returns nil for what is no number, and for one that has an exponent, more than fifteen digits
  /// or eight of them in front of a point, or that stands near the end of the input.
  @inlinable @inline(__always)
  public init?(_ p: JSONScanner.Position, _ end: JSONScanner.Position) {
    guard unsafe end - p >= 17 else { return nil }
    let word = unsafe JSONScanner.load8(p) ^ Self.zeros
    let count = Self.leadingDigits(word)
    // One zero may stand in front, no more.
    guard count > 0, count == 1 || word & 0xFF != 0 else { return nil }
    var first = word
    var next = unsafe p + 8
    if count < 8 {
      let shift = UInt64(truncatingIfNeeded: count &* 8)
      guard unsafe p[count] == 0x2E else {
        guard unsafe p[count] | 0x20 != 0x65 else { return nil }
        unsafe self.init(word &<< (64 &- shift), 0, digits: count, fraction: 0, end: p + count)
        return
      }
      // The point is taken out from between the digits.
      let mask = (1 &<< shift) &- 1
      first = unsafe word & mask | (JSONScanner.load8(p + 1) ^ Self.zeros) & ~mask
      let all = Self.leadingDigits(first)
      guard all > count else { return nil }
      guard all == 8 else {
        guard unsafe p[all + 1] | 0x20 != 0x65 else { return nil }
        unsafe self.init(
          first &<< UInt64(truncatingIfNeeded: 64 &- all &* 8),
          0,
          digits: all,
          fraction: all &- count,
          end: p + all + 1
        )
        return
      }
      unsafe next += 1
    }
    let rest = unsafe JSONScanner.load8(next) ^ Self.zeros
    let more = Self.leadingDigits(rest)
    guard more < 8, unsafe next[more] != 0x2E, unsafe next[more] | 0x20 != 0x65 else { return nil }
    // What moves out of the first eight is in front; a shift by all 64 leaves nothing.
    let shift = UInt64(truncatingIfNeeded: more &* 8)
    unsafe self.init(
      first >> shift | rest << (64 &- shift),
      first << (64 &- shift),
      digits: 8 &+ more,
      fraction: count < 8 ? 8 &+ more &- count : 0,
      end: next + more
    )
  }

  /// The number that the digits make up without the point.
  @inlinable public var mantissa: Int64 {
    @inline(__always) get {
      let value = Self.value(low)
      return Int64(
        truncatingIfNeeded: digits <= 8 ? value : Self.value(high) &* 100_000_000 &+ value
      )
    }
  }

  @inlinable static var zeros: UInt64 { @inline(__always) get { 0x3030_3030_3030_3030 } }

  /// How many of the eight bytes, each less `0`, are digits before one that is none.
  @inlinable @inline(__always)
  static func leadingDigits(_ word: UInt64) -> Int {
    let others = ((word &+ 0x7676_7676_7676_7676) | word) & 0x8080_8080_8080_8080
    return others.trailingZeroBitCount &>> 3
  }

  /// The number that eight digits make up: pairs, fours and eights are added up.
  @inlinable @inline(__always)
  static func value(_ digits: UInt64) -> UInt64 {
    let pairs = (digits &* 10) &+ (digits &>> 8)
    let low = (pairs & 0x0000_00FF_0000_00FF) &* 0x000F_4240_0000_0064
    let high = ((pairs &>> 16) & 0x0000_00FF_0000_00FF) &* 0x0000_2710_0000_0001
    return (low &+ high) &>> 32
  }
}
