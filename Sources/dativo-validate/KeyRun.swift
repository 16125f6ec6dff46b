import Posix

// SAFETY, for the whole file: buffers are this object's own, of whole entries, and reads and writes
// stay within the counts that were put in.

/// Hashes of keys on disk, in order, without a name in any folder: it is gone when the run ends.
final class KeyRun {
  typealias Hash = KeySet.Hash

  private static let entrySize = 16
  /// The entries that are read at once, a page of the disk.
  private static let blockCount = 256

  private(set) var count = 0
  private var filter: KeyFilter
  /// The first hash of each block.
  private var firsts: [Hash] = []
  private let file: Descriptor
  private var buffer = [Hash](repeating: Hash(low: 0, high: 0), count: blockCount)
  private var waiting: [Hash] = []

  /// Begins a run for about `expected` keys, whose filter takes at most `filterLimit` bytes.
  init(expected: Int, filterLimit: Int) throws(PosixError) {
    file = try Descriptor(temporaryIn: KeySet.folder)
    filter = KeyFilter(count: expected, limit: filterLimit)
    waiting.reserveCapacity(Self.blockCount)
  }

  var byteCount: Int { filter.byteCount + firsts.count * Self.entrySize }

  /// Adds the next hash, which is above all before it.
  func append(_ hash: Hash) throws(PosixError) {
    if count % Self.blockCount == 0 { firsts.append(hash) }
    filter.insert(hash)
    waiting.append(hash)
    count += 1
    if waiting.count == Self.blockCount { try flush() }
  }

  /// Writes what waits; nothing is added after that.
  func finish() throws(PosixError) { try flush() }

  private func flush() throws(PosixError) {
    let raw = file.raw
    let result: Result<Void, PosixError> = unsafe waiting.withUnsafeBytes { bytes in
      do throws(PosixError) {
        return .success(unsafe try Descriptor.write(raw, bytes))
      } catch {
        return .failure(error)
      }
    }
    try result.get()
    waiting.removeAll(keepingCapacity: true)
  }

  func contains(_ hash: Hash) throws(PosixError) -> Bool {
    guard filter.mayContain(hash) else { return false }
    // The last block that begins at or below the hash.
    var low = 0
    var high = firsts.count
    while low < high {
      let middle = (low + high) / 2
      if hash < firsts[middle] { high = middle } else { low = middle + 1 }
    }
    guard low > 0 else { return false }
    let found = try read(block: low - 1)
    low = 0
    high = found
    while low < high {
      let middle = (low + high) / 2
      if buffer[middle] == hash { return true }
      if buffer[middle] < hash { low = middle + 1 } else { high = middle }
    }
    return false
  }

  /// Fills the buffer with a block; the number of its entries.
  private func read(block: Int) throws(PosixError) -> Int {
    let offset = block * Self.blockCount * Self.entrySize
    var result: Result<Int, PosixError> = .success(0)
    unsafe buffer.withUnsafeMutableBytes { bytes in
      do throws(PosixError) {
        result = .success(unsafe try file.read(at: offset, into: bytes))
      } catch {
        result = .failure(error)
      }
    }
    return try result.get() / Self.entrySize
  }

  /// All hashes of several runs, which have none in common, as one run.
  static func merged(_ runs: [KeyRun], filterLimit: Int) throws(PosixError) -> KeyRun {
    let total = runs.reduce(0) { $0 + $1.count }
    let result = try KeyRun(expected: total, filterLimit: filterLimit)
    var cursors = runs.map { Cursor($0) }
    for index in cursors.indices { try cursors[index].advance() }
    while true {
      var least: Int?
      for index in cursors.indices {
        guard let head = cursors[index].head else { continue }
        if let best = least, let other = cursors[best].head, !(head < other) { continue }
        least = index
      }
      guard let least, let head = cursors[least].head else { break }
      try result.append(head)
      try cursors[least].advance()
    }
    try result.finish()
    return result
  }

  /// A place in a run that is read from its beginning.
  private struct Cursor {
    let run: KeyRun
    private var block = 0
    private var place = 0
    private var loaded = 0
    private(set) var head: Hash?

    init(_ run: KeyRun) { self.run = run }

    mutating func advance() throws(PosixError) {
      if place == loaded {
        loaded = block * KeyRun.blockCount < run.count ? try run.read(block: block) : 0
        block += 1
        place = 0
      }
      head = place < loaded ? run.buffer[place] : nil
      place += 1
    }
  }
}
