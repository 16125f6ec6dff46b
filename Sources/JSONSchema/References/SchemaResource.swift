import JSON

/// A schema that has an address of its own: a document, or a part of one that gives itself an id.
final class SchemaResource {
  let address: URIReference
  /// Where it stands.
  let place: SchemaPlace
  let dialect: Dialect
  /// Where its anchors stand, as pointers into the document.
  var anchors: [String: String] = [:]
  /// The anchors that a `$dynamicRef` looks for in every resource it came through.
  var dynamicAnchors: Set<String> = []
  /// `$recursiveAnchor`, the draft of 2019's only dynamic anchor.
  var isRecursiveAnchor = false
  /// The schemas of the dynamic anchors, once the resource is used.
  var dynamicNodes: [String: SchemaNode]?
  /// Stands for `$recursiveAnchor` among the dynamic anchors; no anchor is named so.
  static let recursive = "#"

  init(_ address: URIReference, _ place: SchemaPlace, _ dialect: Dialect) {
    self.address = address
    self.place = place
    self.dialect = dialect
  }
}

/// A place in one of the documents; names that differ in normalization alone are two places.
struct SchemaPlace: Hashable, Sendable {
  var document: Int
  /// A JSON pointer.
  var pointer: String

  func appending(_ step: String) -> SchemaPlace {
    SchemaPlace(document: document, pointer: Pointer.append(pointer, step))
  }

  static func == (left: Self, right: Self) -> Bool {
    left.document == right.document && left.pointer.hasSameBytes(as: right.pointer)
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(document)
    hasher.combine(ExactText(pointer))
  }
}
