package import JSON
package import Wire

/// What a job says of streams in place of what their tap says: replication, keys, types.
///
/// In Meltano's form: `metadata: {orders: {replication-method: INCREMENTAL, replication-key: at},
/// orders.id: {…}}` and `schema: {orders: {amount: {type: string}}}`; names are patterns.
package struct CatalogOverrides: Sendable {
  private let metadata: [(pattern: Pattern, text: String, values: JSONObject)]
  private let schema: [(pattern: String, properties: JSONObject)]

  package init(metadata: JSONValue?, schema: JSONValue?) {
    self.metadata = (metadata?.object?.members ?? []).compactMap { key, value in
      value.object.map { (Pattern(key), key, $0) }
    }
    self.schema = (schema?.object?.members ?? []).compactMap { key, value in
      value.object.map { (key, $0) }
    }
  }

  /// The catalog with the overrides written into it, in every way that taps look at.
  package func apply(to catalog: Catalog) -> Catalog {
    Catalog(streams: catalog.streams.map(apply))
  }

  private func apply(to entry: Catalog.Entry) -> Catalog.Entry {
    var entry = entry
    let names: Set<String> = [entry.tapStreamID, entry.stream]
    for (pattern, properties) in schema where names.contains(where: { Paths.matches($0, pattern) })
    {
      for (name, type) in properties.members { entry.setSchema(name, type) }
    }
    for (pattern, text, values) in metadata {
      if names.contains(where: { Paths.matches($0, text) }) {
        for (key, value) in values.members { entry.setMetadata([], key, value) }
        continue
      }
      for name in entry.schema["properties"]?.object?.keys ?? [] {
        guard !pattern.takesWhole(names), pattern.matches(names, name) else { continue }
        for (key, value) in values.members { entry.setMetadata(["properties", name], key, value) }
      }
    }
    return entry
  }

  /// The replication keys that no property of their stream is called, in a catalog with the overrides.
  ///
  /// A stream that tells no properties may have any.
  package func unknownKeys(in catalog: Catalog) -> [(message: String, hint: String?)] {
    catalog.streams.flatMap { entry in
      let names = entry.schema["properties"]?.object?.keys ?? []
      return metadata.compactMap { _, text, values -> (message: String, hint: String?)? in
        guard let key = values["replication-key"]?.string, !names.isEmpty, !names.contains(key),
          [entry.tapStreamID, entry.stream].contains(where: { Paths.matches($0, text) })
        else { return nil }
        return (
          "the replication key \"\(key)\" is no property of \(entry.tapStreamID)",
          Nearest.name(to: key, among: names).map { "Did you mean \"\($0)\"?" }
            ?? "The properties: \(Selection.list(names))."
        )
      }
    }
  }

  /// The names of streams that no stream of the catalog has.
  package func unmatched(in catalog: Catalog) -> [String] {
    let names = catalog.streams.flatMap { [$0.tapStreamID, $0.stream] }
    return metadata.filter { override in
      !names.contains { Paths.matches($0, override.text) || override.pattern.touches([$0]) }
    }.map(\.text)
      + schema.filter { override in !names.contains { Paths.matches($0, override.pattern) } }
      .map(\.pattern)
  }
}
