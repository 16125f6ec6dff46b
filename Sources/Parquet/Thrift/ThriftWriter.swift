/// Writes Thrift's compact protocol, as far as Parquet's metadata needs it.
///
/// Fields must come in the order of their ids.
struct ThriftWriter {
  private(set) var bytes: [UInt8] = []
  private var last: Int16 = 0

  enum Kind: UInt8 {
    case yes = 1
    case no = 2
    case i8 = 3
    case i16 = 4
    case i32 = 5
    case i64 = 6
    case binary = 8
    case list = 9
    case structure = 12
  }

  mutating func field(_ id: Int16, _ kind: Kind) {
    let delta = id - last
    if delta > 0, delta <= 15 {
      bytes.append(UInt8(delta) << 4 | kind.rawValue)
    } else {
      bytes.append(kind.rawValue)
      zigzag(Int64(id))
    }
    last = id
  }

  mutating func i8(_ id: Int16, _ value: Int8) {
    field(id, .i8)
    bytes.append(UInt8(bitPattern: value))
  }

  mutating func i16(_ id: Int16, _ value: Int16) {
    field(id, .i16)
    zigzag(Int64(value))
  }

  mutating func i32(_ id: Int16, _ value: Int) {
    field(id, .i32)
    zigzag(Int64(value))
  }

  mutating func i64(_ id: Int16, _ value: Int) {
    field(id, .i64)
    zigzag(Int64(value))
  }

  mutating func bool(_ id: Int16, _ value: Bool) { field(id, value ? .yes : .no) }

  mutating func binary(_ id: Int16, _ value: some Collection<UInt8>) {
    field(id, .binary)
    element(value)
  }

  mutating func text(_ id: Int16, _ value: String) { binary(id, value.utf8) }

  /// Writes a struct field; an empty `body` writes an empty struct.
  mutating func structure(_ id: Int16, _ body: (inout ThriftWriter) -> Void = { _ in }) {
    field(id, .structure)
    element(body)
  }

  mutating func list(_ id: Int16, of kind: Kind, count: Int) {
    field(id, .list)
    if count < 15 {
      bytes.append(UInt8(count) << 4 | kind.rawValue)
    } else {
      bytes.append(0xf0 | kind.rawValue)
      varint(UInt64(count))
    }
  }

  /// Writes a struct as a list's element, or as the whole message.
  mutating func element(_ body: (inout ThriftWriter) -> Void) {
    let outer = last
    last = 0
    body(&self)
    bytes.append(0)
    last = outer
  }

  mutating func element(_ value: some Collection<UInt8>) {
    varint(UInt64(value.count))
    bytes.append(contentsOf: value)
  }

  mutating func element(_ value: Int) { zigzag(Int64(value)) }

  /// An element of a list, whose kind is `.yes`.
  mutating func element(_ value: Bool) { bytes.append((value ? Kind.yes : .no).rawValue) }

  private mutating func zigzag(_ value: Int64) {
    varint(UInt64(bitPattern: value << 1 ^ value >> 63))
  }

  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }
}
