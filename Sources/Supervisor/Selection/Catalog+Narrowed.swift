internal import Wire

extension Catalog {
  /// The catalog with nothing selected but what is of one stream, by its id.
  func narrowed(to stream: String) -> Catalog {
    var catalog = self
    for index in catalog.streams.indices where catalog.streams[index].tapStreamID != stream {
      catalog.streams[index].select(false)
    }
    return catalog
  }

  /// The catalog with the streams of another that it has not.
  func joined(with other: Catalog) -> Catalog {
    var catalog = self
    let known = Set(streams.map(\.tapStreamID))
    catalog.streams += other.streams.filter { !known.contains($0.tapStreamID) }
    return catalog
  }
}
