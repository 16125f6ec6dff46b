import ConnectorKit
import JSON
import Wire

/// The schemas that a catalog has for its streams, Airbyte's or Singer's, their keys, and how they
/// are read.
struct StreamSchemas {
  private var schemas: [String: JSONValue] = [:]
  private var keyFields: [String: [String]] = [:]
  private var incremental: Set<String> = []

  init(_ path: String?) throws(Failure) {
    guard let path else { return }
    let catalog = try JSONFile.read(path, "catalog")
    guard let streams = catalog["streams"]?.array else {
      throw Failure(.configuration, "\(path): a catalog has a list named streams")
    }
    for entry in streams {
      let stream = entry["stream"]?.object != nil ? entry["stream"] : entry
      guard let name = AirbyteStream.name(stream) ?? stream?["stream"]?.string else { continue }
      schemas[name] = stream?["json_schema"] ?? stream?["schema"]
      keyFields[name] = Self.keys(entry)
      if entry["sync_mode"]?.string == "incremental"
        || entry.object.map({ Catalog.Entry($0).isIncremental }) == true
      {
        incremental.insert(name)
      }
    }
  }

  /// The fields of keys and cursors: `primary_key` and `cursor_field` are paths in Airbyte's
  /// catalogs, the others plain names.
  private static func keys(_ entry: JSONValue) -> [String] {
    let paths = (entry["primary_key"]?.array ?? []) + [entry["cursor_field"] ?? .null]
    let names = (entry["key_properties"]?.array ?? []) + [entry["replication_key"] ?? .null]
    return paths.compactMap { $0.array?.first?.string } + names.compactMap(\.string)
  }

  /// The fields that tell a stream's records apart or put them in order.
  func keys(of stream: String) -> [String] { keyFields[stream] ?? [] }

  /// Whether only changes of a stream come.
  func isIncremental(_ stream: String) -> Bool { incremental.contains(stream) }

  subscript(stream: String) -> JSONValue? { schemas[stream] }
}
