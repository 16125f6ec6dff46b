/// Numbers the distinct values of a chunk in the order of their first appearance.
///
/// Open addressing over 32-bit numbers; gives up early where a dictionary would not pay, and ends
/// where it is full: the values from there on have no number.
@safe
struct DictionaryBuilder: ~Copyable {
  /// The number of the distinct value that stands at each place.
  private(set) var indices: UnsafeMutablePointer<UInt32>
  /// The place at which each distinct value appeared first.
  private(set) var firsts: UnsafeMutablePointer<UInt32>
  private(set) var distinct = 0
  /// How many values have a number: the first ones, all of them where the dictionary had room.
  private(set) var covered = 0
  /// The bytes that the distinct values take when they are written PLAIN.
  private(set) var pageBytes = 0
  private var table: UnsafeMutablePointer<UInt64>
  private var indexCapacity = 0
  private var firstCapacity = 1 << 10
  private var mask = 0

  init() {
    // SAFETY: three allocations owned by the builder, freed in `deinit` or when they grow.
    unsafe indices = .allocate(capacity: 0)
    unsafe firsts = .allocate(capacity: firstCapacity)
    unsafe table = .allocate(capacity: 0)
  }

  deinit {
    unsafe indices.deallocate()
    unsafe firsts.deallocate()
    unsafe table.deallocate()
  }

  /// Numbers fixed-size values, distinct ones of up to `limit` bytes; false if most are distinct.
  mutating func build<Key: DictionaryKey>(
    _ values: UnsafeBufferPointer<Key>,
    limit: Int
  ) -> Bool {
    // SAFETY: places are below `values.count`, numbers below `distinct`, buckets masked.
    build(
      count: values.count,
      limit: limit,
      size: { _ in MemoryLayout<Key>.size },
      hash: { place in unsafe values[place].hash },
      same: { left, right in unsafe values[left].isSame(values[right]) }
    )
  }

  /// Numbers byte strings, given by their end offsets; eight bytes behind `heap` are readable.
  mutating func build(
    _ ends: UnsafeBufferPointer<UInt32>,
    heap: UnsafeBufferPointer<UInt8>,
    limit: Int
  ) -> Bool {
    // Any address will do for empty strings: eight bytes are there, too.
    let bytes =
      unsafe heap.baseAddress.map { unsafe UnsafeRawPointer($0) } ?? UnsafeRawPointer(firsts)
    // SAFETY: offsets come from the column, inside its heap.
    return build(
      count: ends.count,
      limit: limit,
      size: { place in 4 + Int(unsafe ends[place]) - (place == 0 ? 0 : Int(unsafe ends[place - 1]))
      },
      hash: { place in
        let start = place == 0 ? 0 : Int(unsafe ends[place - 1])
        return unsafe ByteHash.hash(bytes + start, Int(ends[place]) - start)
      },
      same: { left, right in
        let leftStart = left == 0 ? 0 : Int(unsafe ends[left - 1])
        let rightStart = right == 0 ? 0 : Int(unsafe ends[right - 1])
        let count = unsafe Int(ends[left]) - leftStart
        guard unsafe Int(ends[right]) - rightStart == count else { return false }
        return unsafe ByteHash.equal(bytes + leftStart, bytes + rightStart, count)
      }
    )
  }

  @inline(__always)
  private mutating func build(
    count: Int,
    limit: Int,
    size: (Int) -> Int,
    hash: (Int) -> UInt64,
    same: (Int, Int) -> Bool
  ) -> Bool {
    reset(count)
    if count >= 512, isAllNew(count: count, hash: hash, same: same) { return false }
    // SAFETY: as in the callers.
    let indices = unsafe indices
    var table = unsafe table
    var firsts = unsafe firsts
    var mask = mask
    var distinct = 0
    var room = limit
    covered = count
    values: for place in 0..<count {
      let value = hash(place)
      let tag = value & 0xffff_ffff_0000_0000
      var bucket = Int(truncatingIfNeeded: value) & mask
      while true {
        let entry = unsafe table[bucket]
        if entry == .max {
          room -= size(place)
          guard room >= 0 else {
            room += size(place)
            covered = place
            break values
          }
          if distinct == firstCapacity || distinct * 2 > mask {
            self.distinct = distinct
            grow(hash)
            unsafe table = self.table
            unsafe firsts = self.firsts
            mask = self.mask
            bucket = Int(truncatingIfNeeded: value) & mask
            while unsafe table[bucket] != .max { bucket = (bucket + 1) & mask }
          }
          unsafe table[bucket] = tag | UInt64(distinct)
          unsafe firsts[distinct] = UInt32(truncatingIfNeeded: place)
          unsafe indices[place] = UInt32(truncatingIfNeeded: distinct)
          distinct += 1
          break
        }
        let number = Int(truncatingIfNeeded: entry & 0xffff_ffff)
        if entry & 0xffff_ffff_0000_0000 == tag, unsafe same(Int(firsts[number]), place) {
          unsafe indices[place] = UInt32(truncatingIfNeeded: number)
          break
        }
        bucket = (bucket + 1) & mask
      }
      // Where nearly every value is new, a dictionary only costs.
      if place == 8191, distinct > 5500 { return false }
    }
    self.distinct = distinct
    pageBytes = limit - room
    return distinct > 0
  }

  /// Whether hardly a value repeats among 1,024, or a quarter of them where they are few.
  ///
  /// They are taken in short runs from everywhere; a dictionary only costs then.
  private mutating func isAllNew(
    count: Int,
    hash: (Int) -> UInt64,
    same: (Int, Int) -> Bool
  ) -> Bool {
    let length = 16
    let runs = min(64, count / 4 / length)
    let few = runs / 16
    var repeated = 0
    for run in 0..<runs {
      let start = run * (count - length) / (runs - 1)
      for place in start..<start + length {
        let value = hash(place)
        let tag = value & 0xffff_ffff_0000_0000
        var bucket = Int(truncatingIfNeeded: value) & mask
        // SAFETY: buckets are masked; an entry is the tag and the place of a value.
        while true {
          let entry = unsafe table[bucket]
          if entry == .max {
            unsafe table[bucket] = tag | UInt64(place)
            break
          }
          let other = Int(truncatingIfNeeded: entry & 0xffff_ffff)
          if entry & 0xffff_ffff_0000_0000 == tag, same(other, place) {
            repeated += 1
            break
          }
          bucket = (bucket + 1) & mask
        }
      }
      if repeated > few { break }
    }
    unsafe table.update(repeating: .max, count: mask + 1)
    return repeated <= few
  }

  private mutating func reset(_ count: Int) {
    distinct = 0
    if count > indexCapacity {
      unsafe indices.deallocate()
      unsafe indices = .allocate(capacity: count)
      indexCapacity = count
    }
    unsafe table.deallocate()
    mask = (1 << 12) - 1
    unsafe table = .allocate(capacity: mask + 1)
    unsafe table.initialize(repeating: .max, count: mask + 1)
  }

  private mutating func grow(_ hash: (Int) -> UInt64) {
    if distinct == firstCapacity {
      let larger = UnsafeMutablePointer<UInt32>.allocate(capacity: firstCapacity * 2)
      unsafe larger.update(from: firsts, count: distinct)
      unsafe firsts.deallocate()
      unsafe firsts = larger
      firstCapacity *= 2
    }
    guard distinct * 2 > mask else { return }
    unsafe table.deallocate()
    mask = (mask + 1) * 4 - 1
    unsafe table = .allocate(capacity: mask + 1)
    unsafe table.initialize(repeating: .max, count: mask + 1)
    for number in 0..<distinct {
      let value = unsafe hash(Int(firsts[number]))
      var bucket = Int(truncatingIfNeeded: value) & mask
      while unsafe table[bucket] != .max { bucket = (bucket + 1) & mask }
      unsafe table[bucket] = value & 0xffff_ffff_0000_0000 | UInt64(number)
    }
  }
}
