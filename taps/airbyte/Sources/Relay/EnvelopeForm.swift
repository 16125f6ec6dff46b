import JSON
import Posix
import Wire

// SAFETY, for the whole file: every read lies between the start and the end of one line.

/// What stands before and after the data in the RECORD lines of one stream, learned from one of
/// them, so that the next need no reading of their envelope.
@safe
struct EnvelopeForm {
  typealias Position = UnsafePointer<UInt8>

  /// The parts of a line that may differ.
  @safe
  struct Parts {
    let data: UnsafeRawBufferPointer
    /// `emitted_at`, in milliseconds since 1970.
    let emitted: Int64
  }

  private var prefix: [UInt8] = []
  private var middle: [UInt8] = []
  private var suffix: [UInt8] = []

  /// Learns the form of a line; one whose `emitted_at` is no integer after the data teaches nothing.
  mutating func learn(_ line: RecordLocation, _ start: Position, _ end: Position) {
    prefix = []
    guard let time = line.timeExtracted, time.lowerBound >= line.record.upperBound,
      unsafe Self.isDigit(start[time.lowerBound])
    else { return }
    unsafe prefix = Self.bytes(start, start + line.record.lowerBound)
    unsafe middle = Self.bytes(start + line.record.upperBound, start + time.lowerBound)
    unsafe suffix = Self.bytes(start + time.upperBound, end)
  }

  /// The parts of the line from `start` to `end`, where its line feed is; nil for another form.
  func parts(_ start: Position, _ end: Position) -> Parts? {
    guard !prefix.isEmpty, unsafe Self.has(prefix, start, end) else { return nil }
    let data = unsafe start + prefix.count
    guard unsafe data < end, unsafe data.pointee == 0x7B,
      let after = unsafe try? JSONScanner.skipValue(data, end),
      unsafe Self.has(middle, after, end)
    else { return nil }
    let digits = unsafe after + middle.count
    var p = unsafe digits
    var emitted: Int64 = 0
    while unsafe p < end, unsafe Self.isDigit(p.pointee) {
      emitted = unsafe emitted &* 10 &+ Int64(p.pointee &- 0x30)
      unsafe p += 1
    }
    // No number begins with 0 but 0 itself; eighteen digits always fit.
    guard unsafe p > digits, unsafe p - digits <= 18,
      unsafe digits.pointee != 0x30 || p - digits == 1,
      unsafe end - p == suffix.count, unsafe Self.has(suffix, p, end)
    else { return nil }
    return unsafe Parts(
      data: UnsafeRawBufferPointer(start: data, count: after - data),
      emitted: emitted
    )
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

  private static func bytes(_ start: Position, _ end: Position) -> [UInt8] {
    unsafe Array(UnsafeBufferPointer(start: start, count: end - start))
  }

  @inline(__always)
  private static func has(_ text: [UInt8], _ p: Position, _ end: Position) -> Bool {
    guard unsafe end - p >= text.count else { return false }
    return unsafe text.withUnsafeBufferPointer { text in
      guard let base = text.baseAddress else { return true }
      return unsafe Bytes.equal(base, p, text.count)
    }
  }
}
