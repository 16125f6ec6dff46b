import CVector
import JSON

// SAFETY, for the whole file: cells have sixteen readable bytes after their end; the output has room
// for what `room` says, and sixteen bytes more.

/// Writes text as a JSON string: raw UTF-8, checked, with the escapes that JSON asks for.
enum StringText {
  /// The bytes of a cell up to which six for one are reserved without looking.
  private static let short = 4096

  /// The room that the text may take.
  @inline(__always)
  static func room(_ start: Position, _ end: Position) -> Int {
    let count = unsafe end - start
    return count <= short ? count &* 6 : unsafe exactRoom(start, end)
  }

  @inline(never)
  private static func exactRoom(_ start: Position, _ end: Position) -> Int {
    var room = unsafe end - start
    var p = unsafe start
    while unsafe p < end {
      if unsafe p.pointee < 0x20 || p.pointee == 0x22 || p.pointee == 0x5C { room += 5 }
      unsafe p += 1
    }
    return room
  }

  /// Writes the text between quotes; nil if it is not UTF-8.
  @inline(__always)
  static func write(_ start: Position, _ end: Position, _ out: Output) -> Output? {
    var p = unsafe start
    unsafe out.pointee = 0x22
    var o = unsafe out + 1
    while true {
      unsafe Word.copy(p, 16, to: o)
      let stop = unsafe Int(cvector_string_stop(p))
      let left = unsafe end - p
      if stop >= left {
        unsafe o += left
        break
      }
      if stop == 16 {
        unsafe p += 16
        unsafe o += 16
        continue
      }
      unsafe p += stop
      unsafe o += stop
      guard unsafe special(&p, end, &o) else { return nil }
    }
    unsafe o.pointee = 0x22
    return unsafe o + 1
  }

  /// Writes the bytes at `p` that are not plain ASCII, all that follow one another.
  @inline(never)
  private static func special(_ p: inout Position, _ end: Position, _ o: inout Output) -> Bool {
    var q = unsafe p
    var w = unsafe o
    while unsafe q < end {
      let byte = unsafe q.pointee
      if byte >= 0x80 {
        let length = unsafe JSONScanner.sequenceLength(q, end)
        guard length > 0 else { return false }
        unsafe w.update(from: q, count: length)
        unsafe q += length
        unsafe w += length
      } else if byte == 0x22 || byte == 0x5C {
        unsafe w[0] = 0x5C
        unsafe w[1] = byte
        unsafe q += 1
        unsafe w += 2
      } else if byte < 0x20 {
        unsafe w = unsafe control(byte, w)
        unsafe q += 1
      } else {
        break
      }
    }
    unsafe p = unsafe q
    unsafe o = unsafe w
    return true
  }

  private static func control(_ byte: UInt8, _ w: Output) -> Output {
    unsafe w[0] = 0x5C
    switch byte {
    case 0x08: unsafe w[1] = 0x62
    case 0x09: unsafe w[1] = 0x74
    case 0x0A: unsafe w[1] = 0x6E
    case 0x0C: unsafe w[1] = 0x66
    case 0x0D: unsafe w[1] = 0x72
    default:
      unsafe w[1] = 0x75
      unsafe w[2] = 0x30
      unsafe w[3] = 0x30
      unsafe w[4] = 0x30 + (byte >> 4)
      unsafe w[5] = byte & 15 < 10 ? 0x30 + byte & 15 : 0x57 + byte & 15
      return unsafe w + 6
    }
    return unsafe w + 2
  }
}
