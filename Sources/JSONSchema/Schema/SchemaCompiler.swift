import JSON

/// Compiles a schema's tree into nodes, following local references.
struct SchemaCompiler {
  private let document: JSONValue
  let options: JSONSchema.Options
  private(set) var skipped: [JSONSchema.Skipped] = []
  private var known: [String: SchemaNode] = [:]
  /// Ids and anchors within the document, with the pointer they stand for.
  private var names: [String: String] = [:]

  init(_ document: JSONValue, _ options: JSONSchema.Options) {
    self.document = document
    self.options = options
    Self.collectNames(document, "", &names)
  }

  mutating func compile() throws(JSONSchema.Problem) -> SchemaNode {
    let root = try node(document, "")
    if options.rootIsObject { root.kinds = .object }
    return root
  }

  private static func collectNames(
    _ value: JSONValue,
    _ place: String,
    _ names: inout [String: String]
  ) {
    switch value {
    case .object(let object):
      for key in ["$id", "id", "$anchor", "$dynamicAnchor"] {
        guard let name = object[key]?.string else { continue }
        names[key.hasSuffix("nchor") ? "#\(name)" : name] = place
      }
      for member in object.members where member.key != "enum" && member.key != "const" {
        collectNames(member.value, Pointer.append(place, member.key), &names)
      }
    case .array(let elements):
      for (index, element) in elements.enumerated() {
        collectNames(element, Pointer.append(place, index), &names)
      }
    default: break
    }
  }

  /// The node for the schema `value`, which stands at `place`; one that is known is not repeated.
  mutating func node(_ value: JSONValue, _ place: String) throws(JSONSchema.Problem) -> SchemaNode {
    if let node = known[place] { return node }
    let node = SchemaNode(place: place)
    known[place] = node
    switch value {
    case .bool(let constant): node.constant = constant
    case .object(let object): try fill(node, object, place)
    default:
      throw JSONSchema.Problem(place: place, reason: "a schema is an object, true or false")
    }
    return node
  }

  mutating func skip(_ keyword: String, _ place: String, _ reason: String) {
    skipped.append(JSONSchema.Skipped(keyword: keyword, place: place, reason: reason))
  }

  /// The node that `$ref` leads to; nil, and noted as skipped, for a schema elsewhere.
  mutating func follow(
    _ reference: String,
    _ place: String
  ) throws(JSONSchema.Problem) -> SchemaNode? {
    var target = names[reference]
    if target == nil, reference.hasPrefix("#") {
      target = Self.percentDecoded(String(reference.dropFirst()))
    }
    guard let target else {
      skip("$ref", place, "\(reference) is another document, which is not fetched")
      return nil
    }
    var value = document
    for step in Pointer.steps(target) {
      let next: JSONValue? =
        if let elements = value.array, let index = Int(step), elements.indices.contains(index) {
          elements[index]
        } else {
          value[step]
        }
      guard let next else {
        throw JSONSchema.Problem(
          place: place,
          reason: "$ref leads to \(reference), which is not there"
        )
      }
      value = next
    }
    guard target.isEmpty || target.hasPrefix("/") else {
      throw JSONSchema.Problem(
        place: place,
        reason: "$ref leads to \(reference), which is not there"
      )
    }
    return try node(value, target)
  }

  private static func percentDecoded(_ text: String) -> String {
    guard text.utf8.contains(0x25) else { return text }
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == 0x25, rest.count >= 2,
        let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      {
        bytes.append(code)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
