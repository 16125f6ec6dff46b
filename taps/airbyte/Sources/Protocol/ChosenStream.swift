import JSON
import Wire

/// A stream that is to be read: what the source calls it, and what the catalog says of it.
struct ChosenStream {
  let name: String
  /// The entry of Singer's catalog.
  let entry: Catalog.Entry
  /// The ConfiguredAirbyteStream that the source is told.
  let configured: JSONValue

  /// From an entry of Singer's catalog.
  init(
    _ stream: SourceStream,
    _ entry: Catalog.Entry,
    _ settings: AirbyteSettings.Stream?
  ) throws(Failure) {
    name = stream.name
    self.entry = entry
    configured = try stream.configured(entry, settings)
  }

  /// From an entry of a configured catalog of Airbyte's own; nil where it is none.
  init?(configured entry: Catalog.Entry) {
    guard let object = entry.object["stream"], object.object != nil,
      let stream = SourceStream(object)
    else { return nil }
    name = stream.name
    configured = .object(entry.object)
    var made = stream.entry
    let paths = (entry.object["primary_key"]?.array ?? []).map { $0.array ?? [] }
    if !paths.isEmpty, paths.allSatisfy({ $0.count == 1 }) {
      made.object["key_properties"] = .array(paths.compactMap(\.first))
    }
    self.entry = made
  }

  /// The columns that the catalog deselects.
  var deselected: [String] {
    (entry.schema["properties"]?.object?.keys ?? []).filter { !entry.isSelected(property: $0) }
  }

  /// The schema of what is left.
  var schema: JSONValue {
    let deselected = deselected
    guard !deselected.isEmpty, var schema = entry.schema.object,
      var properties = schema["properties"]?.object
    else { return entry.schema }
    for name in deselected { properties[name] = nil }
    schema["properties"] = .object(properties)
    return .object(schema)
  }
}
