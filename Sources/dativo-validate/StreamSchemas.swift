import ConnectorKit
import JSON
import Wire

/// The schemas that a catalog has for its streams, Airbyte's or Singer's.
struct StreamSchemas {
  private var schemas: [String: JSONValue] = [:]

  init(_ path: String?) throws(Failure) {
    guard let path else { return }
    let catalog = try JSONFile.read(path, "catalog")
    guard let streams = catalog["streams"]?.array else {
      throw Failure(.configuration, "\(path): a catalog has a list named streams")
    }
    for entry in streams {
      let stream = entry["stream"]?.object != nil ? entry["stream"] : entry
      guard let name = (stream?["name"] ?? stream?["stream"])?.string else { continue }
      schemas[name] = stream?["json_schema"] ?? stream?["schema"]
    }
  }

  subscript(stream: String) -> JSONValue? { schemas[stream] }
}
