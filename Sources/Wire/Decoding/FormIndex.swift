internal import JSON

// SAFETY, for the whole file: bytes are read only where the whole window is left before `end`.

/// Finds among many streams those whose learned form a line may have.
///
/// All forms begin alike, `{"type":"RECORD","stream":"`; a window of the bytes from where they
/// first differ is looked up.
@safe
package struct FormIndex {
  package typealias Position = UnsafePointer<UInt8>

  /// The beginnings of the forms, by the stream's place; empty where none was learned.
  private var prefixes: [[UInt8]] = []
  private var start = 0
  private var width = 0
  /// The streams by the hashes of their windows, each at the first free slot from its hash on.
  private var slots: [(hash: UInt64, place: Int)] = []
  /// How many slots are taken, those of forms that were learned anew among them.
  private var taken = 0
  /// One of the beginnings, which all others share the first `start` bytes with.
  private var sample: [UInt8] = []

  package init() {}

  /// Whether the index knows this beginning of the form at `place`.
  package func knows(_ prefix: [UInt8], at place: Int) -> Bool {
    place < prefixes.count && prefixes[place] == prefix
  }

  /// Notes the beginning of the form at `place`.
  ///
  /// What is known of the others stays as it is, unless this one begins otherwise or is shorter.
  package mutating func note(_ prefix: [UInt8], at place: Int) {
    while prefixes.count <= place { prefixes.append([]) }
    prefixes[place] = prefix
    guard !prefix.isEmpty else { return }
    let fits =
      prefix.count >= start + width && prefix[..<start].elementsEqual(sample.prefix(start))
    guard fits, 2 * (taken + 1) <= slots.count else { return rebuild() }
    insert(prefix, at: place)
  }

  private mutating func rebuild() {
    slots = []
    taken = 0
    let learned = prefixes.filter { !$0.isEmpty }
    guard let first = learned.first, learned.count > 1 else { return }
    sample = first
    let shortest = learned.reduce(first.count) { min($0, $1.count) }
    start = 0
    while start < shortest, learned.allSatisfy({ $0[start] == first[start] }) { start += 1 }
    width = min(shortest - start, 48)
    // At most half of the slots are taken, so that a search ends soon; there is room for as many
    // again, so that a form costs the same however many there are.
    let size = 2 << (Int.bitWidth - (2 * learned.count).leadingZeroBitCount)
    slots = Array(repeating: (0, Self.free), count: size)
    for (place, prefix) in prefixes.enumerated() where !prefix.isEmpty { insert(prefix, at: place) }
  }

  private mutating func insert(_ prefix: [UInt8], at place: Int) {
    let key = unsafe prefix.withUnsafeBufferPointer { buffer in
      unsafe buffer.baseAddress.map { unsafe hash($0 + start) } ?? 0
    }
    var slot = Int(truncatingIfNeeded: key) & (slots.count - 1)
    while slots[slot].place != Self.free { slot = (slot + 1) & (slots.count - 1) }
    slots[slot] = (key, place)
    taken += 1
  }

  /// The first stream whose form the line at `p` may have and that `isIt` takes.
  package func place(_ p: Position, _ end: Position, where isIt: (Int) -> Bool) -> Int? {
    guard !slots.isEmpty, unsafe end - p >= start + width else { return nil }
    let key = unsafe hash(p + start)
    var slot = Int(truncatingIfNeeded: key) & (slots.count - 1)
    while slots[slot].place != Self.free {
      if slots[slot].hash == key, isIt(slots[slot].place) { return slots[slot].place }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  private static let free = -1

  private func hash(_ p: Position) -> UInt64 {
    var sum: UInt64 = 0
    var index = 0
    while index < width {
      var word: UInt64 = 0
      if index + 8 <= width {
        word = unsafe JSONScanner.load8(p + index)
      } else {
        for rest in index..<width { word = unsafe word << 8 | UInt64(p[rest]) }
      }
      sum = (sum ^ word) &* 0x9E37_79B9_7F4A_7C15
      sum ^= sum >> 29
      index += 8
    }
    return sum
  }
}
