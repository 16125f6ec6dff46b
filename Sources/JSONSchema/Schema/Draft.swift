import JSON

/// The drafts of JSON Schema that are read, in the order in which they came.
package enum Draft: Int, Comparable, Sendable {
  case draft4, draft6, draft7, draft201909, draft202012

  /// The draft that a `$schema` names; nil for any other address.
  package init?(uri: String) {
    let names = ["draft-04", "draft-06", "draft-07", "draft/2019-09", "draft/2020-12"]
    let address = URIReference(uri)
    guard address.authority == "json-schema.org",
      let place = names.firstIndex(where: { address.path == "/\($0)/schema" })
    else { return nil }
    self.init(rawValue: place)
  }

  package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// How the keywords of a schema are to be read.
struct Dialect: Hashable, Sendable {
  /// nil for a schema that names none: each keyword means there what it does in the drafts that
  /// have it, as Singer taps write them.
  var draft: Draft?
  /// Whether the keywords that assert something are among the vocabulary.
  var validates = true
  var checksFormats = false

  /// Whether a keyword that came with one draft, and may have gone with another, is read.
  func has(since first: Draft, until last: Draft = .draft202012) -> Bool {
    draft.map { $0 >= first && $0 <= last } ?? true
  }

  /// Whether nothing that stands beside a `$ref` counts.
  var ignoresSiblings: Bool { draft.map { $0 <= .draft7 } ?? false }

  /// The address that a schema gives itself.
  func id(of schema: JSONObject) -> String? {
    if ignoresSiblings, schema["$ref"]?.string != nil { return nil }
    switch draft {
    case .draft4?: return schema["id"]?.string
    case nil:
      if let id = schema["$id"]?.string { return id }
      // A mere name is more likely an annotation.
      return schema["id"]?.string.flatMap { id in
        id.hasPrefix("#") || URIReference(id).scheme != nil ? id : nil
      }
    default: return schema["$id"]?.string
    }
  }
}
