package import JSON
package import JSONSchema

/// The fields that an object of a contract has, and how whatever else a record has is left out.
package final class KnownFields {
  private var members: [String: KnownFields] = [:]
  /// Whether members that are not named stay: a map, or an object that declares none.
  private let isOpen: Bool
  private let keepsMetadata: Bool
  /// What the elements of an array, or the values of a map, have.
  private let item: KnownFields?

  /// The fields of `object`; top-level ones in `leftOut` are taken for unknown, and those in `keys`
  /// stay in any case.
  package init(
    _ object: ContractObject,
    leftOut: Set<String>,
    keys: [String],
    leavesUnknown: Bool
  ) {
    isOpen = !leavesUnknown
    keepsMetadata = true
    item = nil
    for property in object.properties {
      members[property.field] = KnownFields(property, leavesUnknown)
    }
    for name in leftOut { members[name] = nil }
    self.leftOut = leftOut
    self.keys = Set(keys)
  }

  /// All fields but those at `paths`, each the names on the way to it, `*` for any element.
  package init(leavingOut paths: [[String]]) {
    isOpen = true
    keepsMetadata = false
    let inItems = paths.filter { $0.first == "*" && $0.count > 1 }.map { Array($0.dropFirst()) }
    item = inItems.isEmpty ? nil : KnownFields(leavingOut: inItems)
    leftOut = Set(paths.filter { $0.count == 1 }.map { $0[0] })
    let deeper = paths.filter { $0.count > 1 && $0[0] != "*" && !leftOut.contains($0[0]) }
    for (name, inner) in Dictionary(grouping: deeper, by: { $0[0] }) {
      members[name] = KnownFields(leavingOut: inner.map { Array($0.dropFirst()) })
    }
  }

  private var leftOut: Set<String> = []
  private var keys: Set<String> = []

  private init(_ property: ContractProperty, _ leavesUnknown: Bool) {
    isOpen = !leavesUnknown || property.type != .object || property.properties.isEmpty
    keepsMetadata = false
    item = property.items.first.map { KnownFields($0, leavesUnknown) }
    for child in property.properties { members[child.field] = KnownFields(child, leavesUnknown) }
  }

  private func keeps(_ name: String) -> Bool {
    if members[name] != nil || keys.contains(name) { return true }
    return (isOpen || (keepsMetadata && Drift.isMetadata(name))) && !leftOut.contains(name)
  }

  // MARK: Records

  /// The value at `start..<end` without what is unknown; nil where it is whole.
  ///
  /// SAFETY: the range holds one valid JSON value, and no white space before it.
  package func pruned(
    _ start: UnsafePointer<UInt8>,
    _ end: UnsafePointer<UInt8>
  ) throws(JSONFault) -> [UInt8]? {
    guard unsafe start < end else { return nil }
    switch unsafe start.pointee {
    case 0x7B: return unsafe try prunedMembers(start, end)
    case 0x5B:
      guard let item else { return nil }
      return unsafe try Self.prunedElements(item, start, end)
    default: return nil
    }
  }

  private func prunedMembers(
    _ start: UnsafePointer<UInt8>,
    _ end: UnsafePointer<UInt8>
  ) throws(JSONFault) -> [UInt8]? {
    var output: [UInt8] = [0x7B]
    var isWhole = true
    var p = unsafe JSONScanner.skipWhitespace(start + 1, end)
    while unsafe p < end, unsafe p.pointee != 0x7D {
      let from = unsafe p
      let scan = unsafe try JSONScanner.scanString(try JSONScanner.expect(0x22, p, end), end)
      let name = unsafe JSONScanner.text(p + 1, scan)
      unsafe p = unsafe JSONScanner.skipWhitespace(scan.end + 1, end)
      unsafe p = unsafe JSONScanner.skipWhitespace(try JSONScanner.expect(0x3A, p, end), end)
      let value = unsafe p
      unsafe p = unsafe try JSONScanner.skipValue(p, end)
      if keeps(name) {
        if output.count > 1 { output.append(0x2C) }
        if let inner = unsafe try (members[name] ?? item)?.pruned(value, p) {
          isWhole = false
          unsafe output.append(contentsOf: UnsafeBufferPointer(start: from, count: value - from))
          output += inner
        } else {
          unsafe output.append(contentsOf: UnsafeBufferPointer(start: from, count: p - from))
        }
      } else {
        isWhole = false
      }
      unsafe p = unsafe try Self.next(p, end)
    }
    output.append(0x7D)
    return isWhole ? nil : output
  }

  private static func prunedElements(
    _ item: KnownFields,
    _ start: UnsafePointer<UInt8>,
    _ end: UnsafePointer<UInt8>
  ) throws(JSONFault) -> [UInt8]? {
    var output: [UInt8] = [0x5B]
    var isWhole = true
    var p = unsafe JSONScanner.skipWhitespace(start + 1, end)
    while unsafe p < end, unsafe p.pointee != 0x5D {
      let from = unsafe p
      unsafe p = unsafe try JSONScanner.skipValue(p, end)
      if output.count > 1 { output.append(0x2C) }
      if let inner = unsafe try item.pruned(from, p) {
        isWhole = false
        output += inner
      } else {
        unsafe output.append(contentsOf: UnsafeBufferPointer(start: from, count: p - from))
      }
      unsafe p = unsafe try next(p, end)
    }
    output.append(0x5D)
    return isWhole ? nil : output
  }

  /// The place of the next member or element, or of the bracket that closes.
  private static func next(
    _ place: UnsafePointer<UInt8>,
    _ end: UnsafePointer<UInt8>
  ) throws(JSONFault) -> UnsafePointer<UInt8> {
    let p = unsafe JSONScanner.skipWhitespace(place, end)
    guard unsafe p < end, unsafe p.pointee == 0x2C else { return unsafe p }
    return unsafe JSONScanner.skipWhitespace(p + 1, end)
  }

  // MARK: Shapes

  /// A shape that is "surely fine" only for a value that is whole.
  package func pruned(_ shape: FastShape) -> FastShape {
    var shape = shape
    // Where the shape does not look, nothing is sure.
    if shape.exact != nil { return FastShape { _ in false } }
    shape.allowsUnknown = false
    shape.properties = shape.properties.compactMap { name, inner, required in
      guard keeps(name) else { return nil }
      return (name, members[name]?.pruned(inner) ?? inner, required)
    }
    if let item {
      shape.items = shape.items.isEmpty ? [FastShape()] : shape.items
      shape.items = shape.items.map(item.pruned)
    }
    return shape
  }

  // MARK: Schemas

  /// A JSON Schema without the properties that are left out.
  package func pruned(_ schema: JSONValue) -> JSONValue {
    guard var object = schema.object else { return schema }
    if let properties = object["properties"]?.object {
      object["properties"] = .object(
        JSONObject(
          properties.members.compactMap { name, inner in
            guard keeps(name) else { return nil }
            return (name, (members[name] ?? item)?.pruned(inner) ?? inner)
          }
        )
      )
    }
    if let required = object["required"]?.array {
      object["required"] = .array(required.filter { $0.string.map(keeps) ?? true })
    }
    for key in ["anyOf", "oneOf"] {
      guard let branches = object[key]?.array else { continue }
      object[key] = .array(branches.map(pruned))
    }
    if let item, let items = object["items"] { object["items"] = item.pruned(items) }
    return .object(object)
  }
}
