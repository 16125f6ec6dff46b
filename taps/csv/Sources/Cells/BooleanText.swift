// SAFETY, for the whole file: cells have eight readable bytes after their end, the output room for
// eight.

/// Checks the text of booleans and writes them as JSON.
enum BooleanText {
  private static let yes: UInt64 = 0x6575_7274  // true
  private static let no: UInt64 = 0x65_736C_6166  // false

  /// `true` and `false` in any case; a told column takes t, f, yes, no, y, n, on, off, 1, 0 too.
  static func write(_ start: Position, _ end: Position, _ out: Output, isTold: Bool) -> Output? {
    guard let value = unsafe value(start, end, isTold) else { return nil }
    unsafe Word.store(value ? yes : no, out)
    return unsafe out + (value ? 4 : 5)
  }

  private static func value(_ start: Position, _ end: Position, _ isTold: Bool) -> Bool? {
    let count = unsafe end - start
    guard count > 0, count <= 5 else { return nil }
    let lower = unsafe Word.load(start) & Word.mask(count) | (Word.ones &* 0x20) & Word.mask(count)
    if lower == yes { return true }
    if lower == no { return false }
    guard isTold else { return nil }
    switch lower {
    case 0x74, 0x79, 0x73_6579, 0x6E6F, 0x31: return true
    case 0x66, 0x6E, 0x6F6E, 0x66_666F, 0x30: return false
    default: return nil
    }
  }
}
