public import JSON
public import Wire

/// A number of bytes as people write it: `134217728`, `128MiB`, `64 MB`, `1.5GiB`.
public struct ByteSize: Equatable, Sendable {
  /// How many.
  public let bytes: Int

  private static let units: [(suffix: String, factor: Double)] = [
    ("kib", 1024), ("mib", 1_048_576), ("gib", 1_073_741_824), ("kb", 1000), ("mb", 1_000_000),
    ("gb", 1_000_000_000), ("k", 1024), ("m", 1_048_576), ("g", 1_073_741_824), ("b", 1),
  ]

  /// Nil for text that is no size, or one below zero.
  public init?(_ text: String) {
    let lowered = text.lowercased().filter { $0 != " " && $0 != "_" }
    let unit = Self.units.first { lowered.hasSuffix($0.suffix) }
    let number = lowered.dropLast(unit?.suffix.count ?? 0)
    guard let value = Double(number), value >= 0, value.isFinite else { return nil }
    let product = value * (unit?.factor ?? 1)
    guard product < 9e18 else { return nil }
    bytes = Int(product)
  }

  /// The bytes that `value` says, nil where it is absent; `place` begins the message otherwise.
  public static func read(_ value: JSONValue?, _ place: String) throws(Failure) -> Int? {
    switch value {
    case nil, .null?: return nil
    case .number(let number)?: if let bytes = number.int64, bytes >= 0 { return Int(bytes) }
    case .string(let text)?: if let size = ByteSize(text) { return size.bytes }
    default: break
    }
    throw Failure(.configuration, "\(place) must be a number of bytes, such as \"128MiB\"")
  }
}

extension Configuration {
  /// The bytes that a setting of kind `size` says; nil if it was not given.
  public func size(_ name: String) throws(Failure) -> Int? {
    try ByteSize.read(self[name], "\(place(name)): \"\(name)\"")
  }
}
