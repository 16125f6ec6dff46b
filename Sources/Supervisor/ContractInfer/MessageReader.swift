internal import JSON
internal import Wire

/// Takes records out of Singer and Airbyte messages, by stream.
struct MessageReader {
  /// The streams in the order in which they came.
  private(set) var streams: [StreamProfile]

  init(_ streams: [StreamProfile] = []) { self.streams = streams }

  /// The stream of that name, new if it was not there.
  mutating func stream(_ name: String) -> StreamProfile {
    if let known = streams.first(where: { $0.name == name }) { return known }
    let new = StreamProfile(name)
    streams.append(new)
    return new
  }

  /// Reads a line; false where it is no JSON.
  ///
  /// Records of a stream beyond `limit` are left out.
  @discardableResult
  mutating func read(_ line: [UInt8], limit: Int? = nil) -> Bool {
    guard let message = try? JSONValue.parse(line) else {
      return line.allSatisfy { $0 == 0x20 || (0x09...0x0D).contains($0) }
    }
    switch message["type"]?.string {
    case "SCHEMA":
      guard let name = message["stream"]?.string, let schema = message["schema"] else { break }
      let keys = message["key_properties"].map(KeyProperties.read) ?? []
      stream(name).declare(schema, keys: keys)
    case "RECORD":
      guard let record = message["record"]?.object else { break }
      if let name = message["stream"]?.string {
        stream(name).add(record, limit: limit)
      } else if let name = record["stream"]?.string, let data = record["data"]?.object {
        stream(name).add(data, limit: limit)
      }
    case "CATALOG": adopt(message["catalog"] ?? .null)
    default: break
    }
    return true
  }

  /// Takes up the streams of a catalog, Singer's or Airbyte's.
  mutating func adopt(_ catalog: JSONValue) {
    for entry in catalog["streams"]?.array ?? [] {
      // A configured catalog of Airbyte's has the stream one level down.
      let airbyte = entry["stream"]?.object == nil ? entry : entry["stream"] ?? entry
      if let schema = airbyte["json_schema"], let name = airbyte["name"]?.string {
        let keys = airbyte["source_defined_primary_key"]?.array ?? []
        let names = keys.compactMap { $0.array?.count == 1 ? $0.array?.first?.string : nil }
        stream(name).declare(schema, keys: names.count == keys.count ? names : [])
      } else if let object = entry.object {
        let singer = Catalog.Entry(object)
        stream(singer.stream).declare(singer.schema, keys: singer.keyProperties)
      }
    }
  }
}
