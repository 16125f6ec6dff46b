/// When a STATE is worth a commit: after so many bytes, rows or seconds since the last one.
struct Checkpoint {
  var bytes: Int? = 128 << 20
  var rows: Int?
  var seconds: Int? = 15 * 60

  /// Whether what has gathered since the last commit reaches one of the limits.
  func isDue(bytes gathered: Int, rows gatheredRows: Int, nanoseconds: UInt64) -> Bool {
    if let bytes, gathered >= bytes { return true }
    if let rows, gatheredRows >= rows { return true }
    if let seconds, nanoseconds >= UInt64(seconds) * 1_000_000_000 { return true }
    return false
  }
}
