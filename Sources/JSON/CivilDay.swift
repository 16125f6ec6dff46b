// SAFETY, for the whole file: the caller has checked that ten bytes are there.

/// A day of the Gregorian calendar, as RFC 3339 writes it: `2013-01-31`.
public struct CivilDay: Hashable, Sendable {
  /// 0000 to 9999 where it was read.
  public let year: Int
  /// 1 to 12.
  public let month: Int
  /// 1 to what the month has.
  public let day: Int

  /// A day whose month and day are known to exist; any year will do.
  @inlinable @inline(__always)
  public init(year: Int, month: Int, day: Int) {
    self.year = year
    self.month = month
    self.day = day
  }

  /// Reads the ten bytes at `p`; nil if they are no day of the years 0000 to 9999.
  @inlinable @inline(__always)
  public init?(_ p: JSONScanner.Position) {
    // `YYYY-MM-` and `YY-MM-DD`, the first byte lowest: digits become their values, hyphens zero.
    let first = unsafe JSONScanner.load8(p) ^ 0x2D30_302D_3030_3030
    let last = unsafe JSONScanner.load8(p + 2) ^ 0x3030_2D30_302D_3030
    let others = ((first &+ Self.tooLarge) | first | (last &+ Self.tooLarge) | last) & Self.highs
    guard others == 0, first & 0xFF00_00FF_0000_0000 == 0 else { return nil }
    let pairs = first &* 10 &+ (first &>> 8)
    let days = last &* 10 &+ (last &>> 8)
    year = Int(truncatingIfNeeded: (pairs & 0xFF) &* 100 &+ ((pairs &>> 16) & 0xFF))
    month = Int(truncatingIfNeeded: (pairs &>> 40) & 0xFF)
    day = Int(truncatingIfNeeded: (days &>> 48) & 0xFF)
    guard UInt(bitPattern: month &- 1) < 12, UInt(bitPattern: day &- 1) < 31 else { return nil }
    if day > 28, day > Self.length(ofMonth: month, year) { return nil }
  }

  /// The days since 1970-01-01.
  @inlinable public var daysSince1970: Int {
    @inline(__always) get {
      // Years that begin in March; within an era of 400 of them all numbers are positive.
      let shifted = month > 2 ? year : year &- 1
      let era = (shifted >= 0 ? shifted : shifted &- 399) / 400
      let yearOfEra = UInt32(truncatingIfNeeded: shifted &- era &* 400)
      let marchMonth = UInt32(truncatingIfNeeded: month > 2 ? month &- 3 : month &+ 9)
      let dayOfYear = (153 &* marchMonth &+ 2) / 5 &+ UInt32(truncatingIfNeeded: day) &- 1
      let dayOfEra = yearOfEra &* 365 &+ yearOfEra / 4 &- yearOfEra / 100 &+ dayOfYear
      return era &* 146_097 &+ Int(dayOfEra) &- 719_468
    }
  }

  /// The number of days that a month has.
  @inlinable
  public static func length(ofMonth month: Int, _ year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Brings what is above nine into the high bit of its byte.
  @inlinable static var tooLarge: UInt64 { @inline(__always) get { 0x7676_7676_7676_7676 } }
  @inlinable static var highs: UInt64 { @inline(__always) get { 0x8080_8080_8080_8080 } }
}
