internal import JSON
internal import Posix
internal import Wire

/// What a tap has told the run of a whole job, so that the runs of its parts need not ask it again.
struct PartCatalog {
  let catalog: Catalog
  /// What the tap says of itself.
  let about: About

  private static let member = "tap"

  init(_ catalog: Catalog, _ tap: Connector) {
    self.catalog = catalog
    about = About(capabilities: tap.capabilities, settings: tap.settings)
  }

  init(_ path: String) throws(Failure) {
    guard let bytes = try? Files.read(path), let value = try? JSONValue.parse(bytes),
      let catalog = Catalog(value), let about = value[Self.member].flatMap(About.init)
    else { throw Failure(.io, "the catalog \(path) cannot be read") }
    self.catalog = catalog
    self.about = about
  }

  func write(_ path: String) throws(Failure) {
    var object = catalog.json.object ?? JSONObject()
    object[Self.member] = about.json
    try PrivateFile.write(path, .object(object))
  }
}
