import Columns

/// The repetition and definition levels of a data page.
struct LevelDecoder {
  /// One for each slot; empty in a column that does not repeat.
  private(set) var repetitions: [UInt8] = []
  /// One for each slot.
  private(set) var definitions: [UInt8] = []

  /// Reads the levels of `slots` slots; in version 2 the header tells how many bytes each takes.
  init(
    _ leaf: Leaf,
    slots: Int,
    from reader: inout ByteReader,
    lengths: (repetition: Int, definition: Int)?
  ) throws(ReadError) {
    repetitions = try Self.read(leaf.maxRepetition, slots, &reader, lengths?.repetition)
    definitions = try Self.read(leaf.maxDefinition, slots, &reader, lengths?.definition)
    if definitions.isEmpty { definitions = [UInt8](repeating: 0, count: slots) }
  }

  private static func read(
    _ max: UInt8,
    _ slots: Int,
    _ reader: inout ByteReader,
    _ length: Int?
  ) throws(ReadError) -> [UInt8] {
    guard max > 0 else {
      _ = unsafe try reader.take(length ?? 0)
      return []
    }
    let size = if let length { length } else { try reader.length() }
    var runs = unsafe ByteReader(unsafe try reader.take(size))
    let width = RunLengthEncoder.width(forMax: Int(max))
    var levels = [UInt8](repeating: 0, count: slots)
    // SAFETY: the array has room for `slots` levels.
    let outcome = unsafe levels.withUnsafeMutableBufferPointer { target in
      Result { () throws(ReadError) in
        guard let base = target.baseAddress else { return }
        unsafe try RunLengthDecoder.read(slots, width: width, from: &runs, into: base)
      }
    }
    try outcome.get()
    guard levels.allSatisfy({ $0 <= max }) else { throw .malformed("a level beyond its column's") }
    return levels
  }
}
