/// The hash of the last row of each key, for about the last rows of a table: 21 to 43 bytes a key.
///
/// Keys are told apart by 64 bits, rows by 64 others: a row counts as repeated by mistake only where
/// both are equal. What is older than `limit` rows is forgotten, half of them at a time.
struct LatestRows {
  private let limit: Int
  private var new = Generation()
  private var old = Generation()

  /// Remembers up to `limit` rows.
  init(limit: Int) { self.limit = limit }

  /// Remembers a row as its key's last; true if it is that already.
  mutating func isRepeated(key: UInt64, row: UInt64) -> Bool {
    let row = max(row, Generation.unknown + 1)
    if let last = new.row(of: key) ?? old.row(of: key), last == row { return true }
    if new.count >= max(limit / 2, 1) {
      swap(&old, &new)
      new = Generation()
    }
    new.set(key, row)
    return false
  }

  /// Forgets the row of a key, whose last one is not known.
  mutating func forget(key: UInt64) { new.set(key, Generation.unknown) }

  /// An open hash table; a slot without a key has the row 0.
  private struct Generation {
    static let unknown: UInt64 = 1

    private var slots = [UInt64](repeating: 0, count: 2048)
    private(set) var count = 0

    func row(of key: UInt64) -> UInt64? {
      let place = place(key, slots)
      return slots[place + 1] == 0 ? nil : slots[place + 1]
    }

    mutating func set(_ key: UInt64, _ row: UInt64) {
      let place = place(key, slots)
      if slots[place + 1] == 0 { count += 1 }
      slots[place] = key
      slots[place + 1] = row
      if count * 8 > slots.count * 3 { grow() }
    }

    private func place(_ key: UInt64, _ slots: [UInt64]) -> Int {
      let mask = slots.count / 2 - 1
      var index = Int(truncatingIfNeeded: key) & mask
      while slots[index * 2 + 1] != 0, slots[index * 2] != key { index = (index + 1) & mask }
      return index * 2
    }

    private mutating func grow() {
      var grown = [UInt64](repeating: 0, count: slots.count * 2)
      for index in stride(from: 0, to: slots.count, by: 2) where slots[index + 1] != 0 {
        let place = place(slots[index], grown)
        grown[place] = slots[index]
        grown[place + 1] = slots[index + 1]
      }
      slots = grown
    }
  }
}
