/// A set of 128-bit hashes: 21 to 43 bytes for each key.
struct KeySet {
  /// The hash of one key.
  struct Hash: Hashable {
    var low: UInt64 = 0x9E37_79B9_7F4A_7C15
    var high: UInt64 = 0xD1B5_4A32_D192_ED03

    /// Takes in one word.
    @inline(__always)
    mutating func mix(word: UInt64) {
      let first = (low ^ word).multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
      let second = (high ^ word).multipliedFullWidth(by: 0xE703_7ED1_A0B4_28DB)
      low = first.high ^ first.low &+ second.low
      high = second.high ^ second.low &+ (first.high | 1)
    }

    /// Takes in bytes and their number.
    mutating func mix(_ bytes: UnsafeBufferPointer<UInt8>) {
      mix(word: UInt64(bytes.count))
      var word: UInt64 = 0
      var shift: UInt64 = 0
      // SAFETY: only elements of the buffer are read.
      for index in 0..<bytes.count {
        let byte = unsafe bytes[index]
        word |= UInt64(byte) << shift
        shift += 8
        if shift == 64 {
          mix(word: word)
          word = 0
          shift = 0
        }
      }
      if shift > 0 { mix(word: word) }
    }
  }

  private var slots: [UInt64] = Array(repeating: 0, count: 2048)
  private(set) var count = 0

  /// Whether the key is in the set.
  func contains(_ hash: Hash) -> Bool { slots[place(hash, slots)] != 0 }

  /// Adds a key; false if it was there already.
  mutating func insert(_ hash: Hash) -> Bool {
    let place = place(hash, slots)
    if slots[place] != 0 { return false }
    slots[place] = hash.low | 1
    slots[place + 1] = hash.high
    count += 1
    if count * 8 > slots.count * 3 { grow() }
    return true
  }

  private func place(_ hash: Hash, _ slots: [UInt64]) -> Int {
    let mask = slots.count / 2 - 1
    var index = Int(truncatingIfNeeded: hash.high) & mask
    while slots[index * 2] != 0 {
      if slots[index * 2] == hash.low | 1, slots[index * 2 + 1] == hash.high { break }
      index = (index + 1) & mask
    }
    return index * 2
  }

  private mutating func grow() {
    var grown = [UInt64](repeating: 0, count: slots.count * 2)
    for index in stride(from: 0, to: slots.count, by: 2) where slots[index] != 0 {
      let place = place(Hash(low: slots[index], high: slots[index + 1]), grown)
      grown[place] = slots[index]
      grown[place + 1] = slots[index + 1]
    }
    slots = grown
  }
}
