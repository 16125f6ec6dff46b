import JSON

/// Compiles a schema's tree into nodes, following references within the documents that are given.
struct SchemaCompiler {
  let options: JSONSchema.Options
  private var registry: SchemaRegistry
  private(set) var skipped: [JSONSchema.Skipped] = []
  private var known: [SchemaPlace: SchemaNode] = [:]
  /// The patterns of the schema, with where they stand.
  var patterns: [(place: String, pattern: Pattern)] = []
  /// Whether the schema at hand decides what else counts (`if`, `not`), and not what data must be:
  /// a keyword left out of it would turn its meaning around.
  var isDeciding = false

  init(_ options: JSONSchema.Options) {
    self.options = options
    let base = Dialect(draft: options.draft, checksFormats: options.checksFormats)
    registry = SchemaRegistry(options.documents, base)
  }

  mutating func compile(_ document: JSONValue) throws(JSONSchema.Problem) -> SchemaNode {
    let resource = registry.add(document, at: URIReference())
    let root = try node(document, resource.place)
    if options.rootIsObject { root.kinds = .object }
    return root
  }

  /// The node for the schema `value`, which stands at `place`; one that is known is not repeated.
  mutating func node(
    _ value: JSONValue,
    _ place: SchemaPlace
  ) throws(JSONSchema.Problem) -> SchemaNode {
    if let node = known[place] { return node }
    let resource = registry.resource(of: place)
    let node = SchemaNode(place: place.pointer, resource)
    known[place] = node
    switch value {
    case .bool(let constant): node.constant = constant
    case .object(let object): try fill(node, object, place)
    default:
      throw JSONSchema.Problem(
        place: place.pointer,
        reason: "a schema is an object, true or false"
      )
    }
    try prepare(resource)
    return node
  }

  /// Makes the schemas that dynamic references may find in a resource, once.
  private mutating func prepare(_ resource: SchemaResource) throws(JSONSchema.Problem) {
    guard resource.dynamicNodes == nil else { return }
    resource.dynamicNodes = [:]
    for anchor in resource.dynamicAnchors {
      let place = SchemaPlace(
        document: resource.place.document,
        pointer: resource.anchors[anchor] ?? ""
      )
      guard let value = registry.value(at: place) else { continue }
      let node = try node(value, place)
      resource.dynamicNodes?[anchor] = node
    }
    if resource.isRecursiveAnchor, let value = registry.value(at: resource.place) {
      let node = try node(value, resource.place)
      resource.dynamicNodes?[SchemaResource.recursive] = node
    }
  }

  mutating func skip(_ keyword: String, _ place: String, _ reason: String) {
    skipped.append(JSONSchema.Skipped(keyword: keyword, place: place, reason: reason))
  }

  /// The node that a reference leads to; nil, and noted as skipped, for a schema elsewhere.
  mutating func follow(
    _ keyword: String,
    _ text: String,
    from node: SchemaNode
  ) throws(JSONSchema.Problem) -> SchemaNode? {
    let target = URIReference(text).resolved(against: node.resource.address)
    guard let place = registry.place(of: target) else {
      skip(keyword, node.place, "\(text) is another document, which is not fetched")
      return nil
    }
    guard let value = registry.value(at: place) else {
      throw JSONSchema.Problem(
        place: node.place,
        reason: "\(keyword) leads to \(text), which is not there"
      )
    }
    return try self.node(value, place)
  }

  /// What a reference means that is bound by the schemas that led to it.
  mutating func dynamic(
    _ keyword: String,
    _ text: String,
    from node: SchemaNode
  ) throws(JSONSchema.Problem) -> DynamicReference? {
    guard let initial = try follow(keyword, text, from: node) else { return nil }
    if keyword == "$recursiveRef" {
      let isAnchor = initial.resource.isRecursiveAnchor
      return DynamicReference(initial: initial, anchor: isAnchor ? SchemaResource.recursive : nil)
    }
    let fragment = URIReference(text).decodedFragment
    let isAnchor = initial.resource.dynamicAnchors.contains(fragment)
    return DynamicReference(initial: initial, anchor: isAnchor ? fragment : nil)
  }
}
