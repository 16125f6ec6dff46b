import Posix

/// A set of 128-bit hashes of keys: 21 to 43 bytes for each, and from a limit on in files.
///
/// The answer is exact up to the hash: of two among 10^12 keys the same hash has a chance of 10^-15.
struct KeySet {
  /// The hash of one key.
  struct Hash: Hashable, Comparable {
    var low: UInt64 = 0x9E37_79B9_7F4A_7C15
    var high: UInt64 = 0xD1B5_4A32_D192_ED03

    static func < (left: Self, right: Self) -> Bool {
      left.high != right.high ? left.high < right.high : left.low < right.low
    }

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

  /// Where runs are kept: a folder on disk rather than in memory, as `/tmp` often is.
  static let folder = Environment.value("TMPDIR") ?? "/var/tmp"
  /// So many runs of about one size become one.
  private static let fanIn = 4

  private var slots: [UInt64] = Array(repeating: 0, count: 2048)
  private var held = 0
  /// The largest first.
  private var runs: [KeyRun] = []
  private let limit: Int

  /// Makes a set that takes `limit` bytes of memory, from where on it goes to files.
  init(limit: Int) { self.limit = max(limit, 1 << 16) }

  /// The keys that were added.
  var count: Int { runs.reduce(held) { $0 + $1.count } }

  /// Whether the key is in the set.
  func contains(_ hash: Hash) throws(PosixError) -> Bool {
    let hash = hash.stored
    if slots[place(hash, slots)] != 0 { return true }
    for run in runs where try run.contains(hash) { return true }
    return false
  }

  /// Makes sure that one more key can be added.
  mutating func makeRoom() throws(PosixError) {
    guard held * 8 >= slots.count * 3 else { return }
    // Half of the memory is for keys, half for the filters of the files.
    if slots.count * 16 <= limit / 2 { grow() } else { try spill() }
  }

  /// Adds a key that is not in the set; there must be room.
  mutating func insert(_ hash: Hash) {
    let hash = hash.stored
    let place = place(hash, slots)
    guard slots[place] == 0 else { return }
    slots[place] = hash.low
    slots[place + 1] = hash.high
    held += 1
  }

  private func place(_ hash: Hash, _ slots: [UInt64]) -> Int {
    let mask = slots.count / 2 - 1
    var index = Int(truncatingIfNeeded: hash.high) & mask
    while slots[index * 2] != 0 {
      if slots[index * 2] == hash.low, slots[index * 2 + 1] == hash.high { break }
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

  private mutating func spill() throws(PosixError) {
    let run = try KeyRun(expected: held, filterLimit: room)
    sortSlots()
    for index in 0..<held {
      try run.append(Hash(low: slots[index * 2], high: slots[index * 2 + 1]))
    }
    try run.finish()
    runs.append(run)
    for index in slots.indices { slots[index] = 0 }
    held = 0
    try merge()
  }

  /// Brings the hashes to the front, in order, without further memory.
  private mutating func sortSlots() {
    // SAFETY: a hash is two words, low and high, as the slots have them; the array holds whole pairs.
    unsafe slots.withUnsafeMutableBytes { bytes in
      var all = unsafe bytes.bindMemory(to: Hash.self)
      var count = 0
      for index in all.indices where unsafe all[index].low != 0 {
        unsafe all[count] = unsafe all[index]
        count += 1
      }
      unsafe all[..<count].sort()
    }
  }

  /// What the filters of further files may take.
  private var room: Int { max(limit / 2 - runs.reduce(0) { $0 + $1.byteCount }, 4096) }

  /// Joins the last runs while they are of one size, so that there are never many.
  private mutating func merge() throws(PosixError) {
    while runs.count >= Self.fanIn {
      let last = Array(runs.suffix(Self.fanIn))
      guard last[0].count < last[Self.fanIn - 1].count * 2 else { return }
      runs.removeLast(Self.fanIn)
      runs.append(try KeyRun.merged(last, filterLimit: room))
    }
  }
}

extension KeySet.Hash {
  /// The hash as it is kept: never one that stands for an empty place.
  fileprivate var stored: Self { Self(low: low | 1, high: high) }
}
