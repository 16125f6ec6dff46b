/// A number of bytes as people write it: `134217728`, `128MiB`, `64 MB`, `1.5GiB`.
struct ByteSize: Equatable {
  let bytes: Int

  private static let units: [(suffix: String, factor: Double)] = [
    ("kib", 1024), ("mib", 1_048_576), ("gib", 1_073_741_824), ("kb", 1000), ("mb", 1_000_000),
    ("gb", 1_000_000_000), ("k", 1024), ("m", 1_048_576), ("g", 1_073_741_824), ("b", 1),
  ]

  /// Nil for text that is no size, or one below zero.
  init?(_ text: String) {
    let lowered = text.lowercased().filter { $0 != " " && $0 != "_" }
    let unit = Self.units.first { lowered.hasSuffix($0.suffix) }
    let number = lowered.dropLast(unit?.suffix.count ?? 0)
    guard let value = Double(number), value >= 0, value.isFinite else { return nil }
    let product = value * (unit?.factor ?? 1)
    guard product < 9e18 else { return nil }
    bytes = Int(product)
  }
}
