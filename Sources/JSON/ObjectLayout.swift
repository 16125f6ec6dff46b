// SAFETY, for the whole file: slots and arena belong to the layout alone; a slot's text is padded
// to whole words, two at least, in the arena, and the input is compared only where that many bytes
// are left, and one more.

/// Predicts the keys of similar objects, so that reading a key is one comparison.
///
/// Each key that has been seen is a slot: its text as it stood in the input, quotes, colon and
/// space included, and the two slots that followed it last, since objects of two kinds often take
/// turns. A miss costs a hash lookup and teaches the layout; it never fails for another order,
/// missing keys or unknown ones.
@safe
public struct ObjectLayout: ~Copyable {
  @usableFromInline
  struct Slot {
    /// The first sixteen bytes of the text, and which of them count.
    @usableFromInline var first: UInt64 = 0
    @usableFromInline var second: UInt64 = 0
    @usableFromInline var firstMask: UInt64 = 0
    @usableFromInline var secondMask: UInt64 = 0
    /// Which of the last eight bytes of a longer text count.
    @usableFromInline var lastMask: UInt64 = 0
    /// The bytes that must be left for the text to be compared; none are enough without a text.
    @usableFromInline var needed = Int.max
    @usableFromInline var length = 0
    @usableFromInline var index: Int
    @usableFromInline var next = 0
    /// The slot that followed before `next` did; 0 for none.
    var other = 0
    @usableFromInline var hits: Int
    /// Where the text stands in the arena.
    @usableFromInline var offset = 0
  }

  /// A key that was read: where its value begins, and which name it is.
  @safe
  public struct Key {
    /// The position of the value's first byte, which is there.
    public let value: JSONScanner.Position
    /// The index of the name, or -1 for a key that is not among them.
    public let index: Int
    /// What to pass when the next key of the same object is read.
    public let slot: Int

    @inlinable @inline(__always)
    init(_ value: JSONScanner.Position, _ index: Int, _ slot: Int) {
      unsafe self.value = value
      self.index = index
      self.slot = slot
    }
  }

  /// The slot to pass for the first key of an object.
  @inlinable @inline(__always) public static var start: Int { 0 }

  @usableFromInline var slots: UnsafeMutablePointer<Slot>
  @usableFromInline var arena: UnsafeMutablePointer<UInt8>
  var slotCount = 1
  // Small to begin with, for there may be a layout for each of very many streams.
  var slotCapacity = 4
  var arenaCount = 0
  var arenaCapacity = 64
  private var names: [[UInt8]: Int] = [:]
  private var known: [[UInt8]: Int] = [:]
  private static let arenaLimit = 1 << 20

  /// Creates a layout that tells `names` apart by their index.
  public init(_ names: [String]) {
    unsafe slots = .allocate(capacity: slotCapacity)
    unsafe arena = .allocate(capacity: arenaCapacity)
    // Slot 0 stands before the first key; it has no text, and follows nothing.
    unsafe slots.initialize(
      to: Slot(index: -1, hits: 0)
    )
    for (index, name) in names.enumerated() { self.names[Array(name.utf8)] = index }
  }

  deinit {
    unsafe slots.deallocate()
    unsafe arena.deallocate()
  }

  /// Reads the key at `p`, its quote first, with the colon and whitespace after it.
  ///
  /// `previous` is the slot of the key before it in this object, or `start`.
  @inlinable @inline(__always)
  public mutating func key(
    at p: JSONScanner.Position,
    _ end: JSONScanner.Position,
    after previous: Int,
    lenient: Bool = false
  ) throws(JSONFault) -> Key {
    let predicted = unsafe slots[previous].next
    if let key = unsafe key(predicted, at: p, end) { return key }
    return unsafe try find(p, end, previous, lenient)
  }

  /// The key at `p`, if it is the one of a slot as that was written; slot 0 is none.
  @inlinable @inline(__always)
  mutating func key(
    _ predicted: Int,
    at p: JSONScanner.Position,
    _ end: JSONScanner.Position
  ) -> Key? {
    let slot = unsafe slots + predicted
    guard unsafe end - p >= slot.pointee.needed else { return nil }
    let first = unsafe (JSONScanner.load8(p) ^ slot.pointee.first) & slot.pointee.firstMask
    let second = unsafe (JSONScanner.load8(p + 8) ^ slot.pointee.second) & slot.pointee.secondMask
    let length = unsafe slot.pointee.length
    // A blank here is one that the slot's text lacks: this object is written in another style.
    guard first | second == 0, unsafe length <= 16 || isRest(slot, p), unsafe p[length] > 0x20
    else { return nil }
    let index = unsafe slot.pointee.index
    if index < 0 { unsafe slot.pointee.hits &+= 1 }
    return unsafe Key(p + length, index, predicted)
  }

  /// Whether the text goes on at `p` as it does in `slot` from its seventeenth byte.
  @inlinable @inline(__always)
  func isRest(_ slot: UnsafeMutablePointer<Slot>, _ p: JSONScanner.Position) -> Bool {
    let text = unsafe UnsafePointer(arena) + slot.pointee.offset
    let last = unsafe slot.pointee.length &- 8
    var place = 16
    while place < last {
      if unsafe JSONScanner.load8(p + place) != JSONScanner.load8(text + place) { return false }
      place &+= 8
    }
    let difference = unsafe JSONScanner.load8(p + place) ^ JSONScanner.load8(text + place)
    return unsafe difference & slot.pointee.lastMask == 0
  }

  /// A mask of the first `count` of eight bytes.
  private static func mask(_ count: Int) -> UInt64 {
    count >= 8 ? .max : count <= 0 ? 0 : (1 << UInt64(count * 8)) &- 1
  }

  /// Makes a slot the one that is looked for first after `previous`.
  private mutating func predict(_ slot: Int, after previous: Int) {
    guard unsafe slots[previous].next != slot else { return }
    unsafe slots[previous].other = unsafe slots[previous].next
    unsafe slots[previous].next = slot
  }

  @usableFromInline @inline(never)
  mutating func find(
    _ p: JSONScanner.Position,
    _ end: JSONScanner.Position,
    _ previous: Int,
    _ lenient: Bool
  ) throws(JSONFault) -> Key {
    let other = unsafe slots[previous].other
    if let key = unsafe key(other, at: p, end) {
      predict(other, after: previous)
      return key
    }
    let start = unsafe try JSONScanner.expect(0x22, p, end)
    let scan = unsafe try JSONScanner.scanString(start, end, lenient: lenient)
    var value = unsafe JSONScanner.skipWhitespace(scan.end + 1, end)
    unsafe value = unsafe JSONScanner.skipWhitespace(try JSONScanner.expect(0x3A, value, end), end)
    guard unsafe value < end else { throw JSONFault(.unexpectedEnd, remaining: 0) }
    let name =
      unsafe scan.hasEscape
      ? Array(JSONScanner.text(start, scan).utf8)
      : Array(UnsafeBufferPointer(start: start, count: scan.end - start))
    let text = unsafe UnsafeBufferPointer(start: p, count: value - p)
    // A key and its value stand on one line; a line feed here would glue two lines together.
    if unsafe text.contains(0x0A) { throw unsafe JSONFault(.unexpectedByte, remaining: end - p) }
    let index = names[name] ?? -1
    if let slot = known[name] {
      predict(slot, after: previous)
      if index < 0 { unsafe slots[slot].hits &+= 1 }
      if unsafe slots[slot].length != text.count { unsafe setText(text, of: slot) }
      return unsafe Key(value, index, slot)
    }
    guard arenaCount + text.count + 16 <= Self.arenaLimit else {
      return unsafe Key(value, index, 0)
    }
    let slot = append(index)
    unsafe setText(text, of: slot)
    known[name] = slot
    predict(slot, after: previous)
    return unsafe Key(value, index, slot)
  }

  private mutating func append(_ index: Int) -> Int {
    if slotCount == slotCapacity {
      let grown = UnsafeMutablePointer<Slot>.allocate(capacity: slotCapacity * 2)
      unsafe grown.moveInitialize(from: slots, count: slotCount)
      unsafe slots.deallocate()
      unsafe slots = grown
      slotCapacity *= 2
    }
    unsafe (slots + slotCount).initialize(
      to: Slot(index: index, hits: index < 0 ? 1 : 0)
    )
    slotCount += 1
    return slotCount - 1
  }

  /// Remembers how the key of `slot` is written; nothing happens once the arena is full.
  private mutating func setText(_ text: UnsafeBufferPointer<UInt8>, of slot: Int) {
    let padded = max(16, (text.count + 7) & ~7)
    guard arenaCount + padded <= Self.arenaLimit, let source = text.baseAddress else { return }
    if arenaCount + padded > arenaCapacity {
      let capacity = max(arenaCapacity * 2, arenaCount + padded)
      let grown = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
      unsafe grown.initialize(from: arena, count: arenaCount)
      unsafe arena.deallocate()
      unsafe arena = grown
      arenaCapacity = capacity
    }
    unsafe (arena + arenaCount).initialize(repeating: 0, count: padded)
    unsafe (arena + arenaCount).update(from: source, count: text.count)
    let start = unsafe UnsafePointer(arena) + arenaCount
    unsafe slots[slot].first = unsafe JSONScanner.load8(start)
    unsafe slots[slot].second = unsafe JSONScanner.load8(start + 8)
    unsafe slots[slot].firstMask = Self.mask(text.count)
    unsafe slots[slot].secondMask = Self.mask(text.count - 8)
    unsafe slots[slot].lastMask = Self.mask((text.count - 1) & 7 + 1)
    unsafe slots[slot].needed = padded + 1
    unsafe slots[slot].length = text.count
    unsafe slots[slot].offset = arenaCount
    arenaCount += padded
  }

  /// How many different keys were read.
  public var keyCount: Int { slotCount - 1 }

  /// The keys that were read and are not among the names, and how often each was.
  public var unknownKeys: [(name: String, count: Int)] {
    known.compactMap { name, slot in
      unsafe slots[slot].index < 0
        ? (String(decoding: name, as: UTF8.self), unsafe slots[slot].hits) : nil
    }
    .sorted { $0.name < $1.name }
  }
}
