import JSON

/// The documents that references may lead to, by address; none is ever fetched.
struct SchemaRegistry {
  private let base: Dialect
  /// Documents that were given, until something leads there.
  private let given: [String: JSONValue]
  private var documents: [JSONValue] = []
  private var byAddress: [String: SchemaResource] = [:]
  /// The resources of each document.
  private var resources: [[SchemaResource]] = []

  /// `base` is the dialect of documents that do not say theirs.
  init(_ given: [String: JSONValue], _ base: Dialect) {
    self.base = base
    self.given = given
  }

  /// Adds a document and finds what is addressable within it.
  mutating func add(_ document: JSONValue, at address: URIReference) -> SchemaResource {
    let number = documents.count
    documents.append(document)
    resources.append([])
    let dialect = dialect(of: document) ?? base
    var own = address
    if let id = document.object.flatMap(dialect.id) {
      own = URIReference(id).resolved(against: address)
      own.fragment = nil
    }
    let place = SchemaPlace(document: number, pointer: "")
    let root = SchemaResource(own, place, dialect)
    resources[number].append(root)
    byAddress[address.address] = root
    byAddress[own.address] = root
    scan(document, place, root, isRoot: true)
    return root
  }

  /// The place that an absolute reference leads to; nil for a document that is not there.
  mutating func place(of reference: URIReference) -> SchemaPlace? {
    let address = reference.address
    guard let resource = byAddress[address] ?? bring(address) else { return nil }
    let fragment = reference.decodedFragment
    var place = resource.place
    if fragment.isEmpty || fragment.utf8.first == 0x2F {
      place.pointer += fragment
    } else if let pointer = resource.anchors[fragment] {
      place.pointer = pointer
    } else {
      // No such place: no value is found there.
      place.pointer += "#\(fragment)"
    }
    return place
  }

  private mutating func bring(_ address: String) -> SchemaResource? {
    guard let document = given[address] ?? given["\(address)#"] else { return nil }
    return add(document, at: URIReference(address))
  }

  /// The value at a place; nil if there is none.
  func value(at place: SchemaPlace) -> JSONValue? {
    guard place.pointer.isEmpty || place.pointer.utf8.first == 0x2F else { return nil }
    var value = documents[place.document]
    for step in Pointer.steps(place.pointer) {
      let next: JSONValue? =
        if let elements = value.array {
          Int(step).flatMap { elements.indices.contains($0) ? elements[$0] : nil }
        } else {
          value[step]
        }
      guard let next else { return nil }
      value = next
    }
    return value
  }

  /// The innermost resource that a place belongs to.
  func resource(of place: SchemaPlace) -> SchemaResource {
    let all = resources[place.document]
    var best = all[0]
    for resource in all.dropFirst() {
      let pointer = resource.place.pointer
      let rest = place.pointer.utf8.dropFirst(pointer.utf8.count)
      if place.pointer.utf8.starts(with: pointer.utf8), rest.isEmpty || rest.first == 0x2F,
        pointer.utf8.count >= best.place.pointer.utf8.count
      {
        best = resource
      }
    }
    return best
  }

  /// The dialect that a schema names; nil for one that says none, or one that is not known.
  private func dialect(of schema: JSONValue) -> Dialect? {
    guard let uri = schema["$schema"]?.string else { return nil }
    var dialect = base
    dialect.draft = Draft(uri: uri)
    if dialect.draft != nil { return dialect }
    // A meta-schema of somebody's own says which vocabularies it has.
    guard let meta = given[uri] ?? given[URIReference(uri).address],
      let vocabulary = meta["$vocabulary"]?.object
    else { return nil }
    dialect.draft = meta["$schema"]?.string.flatMap(Draft.init)
    dialect.validates = vocabulary.keys.contains { $0.hasSuffix("/vocab/validation") }
    dialect.checksFormats =
      dialect.checksFormats || vocabulary.keys.contains { $0.hasSuffix("/vocab/format-assertion") }
    return dialect
  }

  // MARK: What is addressable

  private mutating func scan(
    _ value: JSONValue,
    _ place: SchemaPlace,
    _ owner: SchemaResource,
    isRoot: Bool = false
  ) {
    guard let schema = value.object else { return }
    var owner = owner
    let dialect = dialect(of: value) ?? owner.dialect
    if let id = dialect.id(of: schema) {
      var address = URIReference(id).resolved(against: owner.address)
      // Before the draft of 2019 an id that is a mere fragment is an anchor.
      if let anchor = URIReference(id).fragment { owner.anchors[anchor] = place.pointer }
      address.fragment = nil
      if !isRoot, address != owner.address {
        owner = SchemaResource(address, place, dialect)
        byAddress[address.address] = owner
        resources[place.document].append(owner)
      }
    }
    if dialect.has(since: .draft201909), let anchor = schema["$anchor"]?.string {
      owner.anchors[anchor] = place.pointer
    }
    if dialect.has(since: .draft202012), let anchor = schema["$dynamicAnchor"]?.string {
      owner.anchors[anchor] = place.pointer
      owner.dynamicAnchors.insert(anchor)
    }
    if dialect.has(since: .draft201909, until: .draft201909),
      schema["$recursiveAnchor"]?.bool == true, owner.place == place
    {
      owner.isRecursiveAnchor = true
    }
    for (inner, pointer) in Self.subschemas(schema, place.pointer) {
      scan(inner, SchemaPlace(document: place.document, pointer: pointer), owner)
    }
  }

  private static let single: Set<String> = [
    "additionalItems", "items", "contains", "additionalProperties", "propertyNames", "not", "if",
    "then", "else", "unevaluatedItems", "unevaluatedProperties", "contentSchema",
  ]
  private static let lists: Set<String> = ["allOf", "anyOf", "oneOf", "prefixItems", "items"]
  private static let maps: Set<String> = [
    "properties", "patternProperties", "definitions", "$defs", "dependentSchemas", "dependencies",
  ]

  /// The schemas directly within one, with their pointers.
  private static func subschemas(
    _ schema: JSONObject,
    _ pointer: String
  ) -> [(JSONValue, String)] {
    var found: [(JSONValue, String)] = []
    for (key, value) in schema.members {
      let place = Pointer.append(pointer, key)
      switch value {
      case .object(let object) where maps.contains(key):
        found += object.members.map { ($0.value, Pointer.append(place, $0.key)) }
      case .object where single.contains(key): found.append((value, place))
      case .array(let elements) where lists.contains(key):
        found += elements.enumerated().map { ($0.element, Pointer.append(place, $0.offset)) }
      default: break
      }
    }
    return found
  }
}
