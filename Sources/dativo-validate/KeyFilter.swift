/// A Bloom filter over hashes of keys: "surely not there", or "perhaps".
///
/// Each key sets seven bits within one block of 512, so that a question touches one line of cache.
struct KeyFilter {
  private static let bitsPerKey = 10
  private static let probes = 7
  private var words: [UInt64]

  /// Makes a filter for `count` keys of at most `limit` bytes; with few bits for each key it says
  /// "perhaps" more often.
  init(count: Int, limit: Int) {
    let wanted = count * Self.bitsPerKey / 512 + 1
    words = Array(repeating: 0, count: 8 * max(1, min(wanted, limit / 64)))
  }

  var byteCount: Int { words.count * 8 }

  mutating func insert(_ hash: KeySet.Hash) {
    let block = block(hash)
    var bits = hash.high
    for _ in 0..<Self.probes {
      words[block + Int(bits >> 6 & 7)] |= 1 << (bits & 63)
      bits >>= 9
    }
  }

  func mayContain(_ hash: KeySet.Hash) -> Bool {
    let block = block(hash)
    var bits = hash.high
    for _ in 0..<Self.probes {
      if words[block + Int(bits >> 6 & 7)] & (1 << (bits & 63)) == 0 { return false }
      bits >>= 9
    }
    return true
  }

  /// The first word of the key's block; by other bits than those that choose within it.
  private func block(_ hash: KeySet.Hash) -> Int {
    Int(hash.low.multipliedFullWidth(by: UInt64(words.count / 8)).high) * 8
  }
}
