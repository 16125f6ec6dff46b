package import Wire

extension Job {
  /// The catalog as the job changes it and selects from it; `warn` is told what matches nothing.
  package func selected(
    _ catalog: Catalog,
    warn: (_ message: String, _ hint: String?) -> Void
  ) -> Catalog {
    let overrides = CatalogOverrides(metadata: metadata, schema: schema)
    for name in overrides.unmatched(in: catalog) {
      warn("no stream is called \"\(name)\", of which metadata or schema are given", nil)
    }
    var catalog = overrides.apply(to: catalog)
    for miss in overrides.unknownKeys(in: catalog) { warn(miss.message, miss.hint) }
    guard !select.isEmpty else {
      for index in catalog.streams.indices { catalog.streams[index].select(true) }
      return catalog
    }
    let selection = Selection(select)
    for miss in selection.unmatched(in: catalog) { warn(miss.message, miss.hint) }
    return selection.apply(to: catalog)
  }
}
