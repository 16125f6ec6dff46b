internal import JSON

/// Finds the columns whose values all differ, exactly, as far as memory goes.
struct KeySearch {
  private var seen: [String: Set<String>] = [:]
  private var repeated: Set<String> = []
  private var bytes = 0
  private var records = 0
  private let limit: Int
  /// The tap's own key, if it has one; its tuples are looked for as those of a column.
  let declared: [String]
  /// Whether memory was too small for all columns.
  private(set) var isCut = false

  private static let tuple = "\u{0}declared"

  /// Keeps values of at most `limit` bytes.
  init(declared: [String], limit: Int = 128 << 20) {
    self.declared = declared
    self.limit = limit
  }

  mutating func add(_ record: JSONObject) {
    records += 1
    for (name, value) in record.members { add(Self.text(value), of: name) }
    guard declared.count > 1 else { return }
    let parts = declared.map { record[$0].flatMap(Self.text) }
    let tuple = parts.contains(nil) ? nil : parts.compactMap(\.self).map { JSONValue.string($0) }
    add(tuple.map { JSONValue.array($0).encoded() }, of: Self.tuple)
  }

  private mutating func add(_ text: String?, of name: String) {
    guard !repeated.contains(name) else { return }
    // A column that is null, or was absent before, is no key.
    guard let text, seen[name] != nil || records == 1 else { return drop(name) }
    guard seen[name, default: []].insert(text).inserted else { return drop(name) }
    bytes += text.utf8.count + 48
    guard bytes > limit else { return }
    isCut = true
    for name in seen.keys
    where name != Self.tuple && !declared.contains(name) && !Self.isNamedSo(name) {
      drop(name)
    }
    if bytes > limit { for name in seen.keys { drop(name) } }
  }

  private mutating func drop(_ name: String) {
    repeated.insert(name)
    for text in seen.removeValue(forKey: name) ?? [] { bytes -= text.utf8.count + 48 }
  }

  /// Texts and integers only; equal numbers are one however they are written.
  private static func text(_ value: JSONValue) -> String? {
    switch value {
    case .string(let text): text
    case .number(let number):
      NumberProfile.isWhole(number) ? number.text : number.int64.map { "\($0)" }
    default: nil
    }
  }

  /// Whether the values of a column all differ, and none is missing.
  func isUnique(_ name: String) -> Bool {
    records > 1 && (seen[name].map { $0.count == records } ?? false)
  }

  /// The key that can be proposed: the tap's own if the records keep it, else the first column of
  /// `columns` that is unique and called like a key.
  func key(of columns: [String]) -> [String] {
    if !declared.isEmpty {
      let name = declared.count == 1 ? declared[0] : Self.tuple
      return records == 0 || seen[name].map { $0.count == records } ?? false ? declared : []
    }
    return columns.first { Self.isNamedSo($0) && isUnique($0) }.map { [$0] } ?? []
  }

  private static func isNamedSo(_ column: String) -> Bool {
    let name = column.lowercased()
    return name == "id" || name.hasSuffix("_id") || name.hasSuffix("uuid") || name == "key"
  }
}
