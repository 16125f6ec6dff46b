import ConnectorKit
import JSON
import Wire

/// A configured catalog of Airbyte: which streams are read, and what becomes of their rows.
struct ConfiguredCatalog {
  struct Stream {
    let schema: JSONValue
    let keys: [String]
    /// Whether the rows that are there give way to a whole load's, no generation being told.
    let overwrites: Bool
    /// Nil where the catalog tells none.
    let generation: Generation?
  }

  /// By the bytes of their names.
  private(set) var streams: [[UInt8]: Stream] = [:]

  /// A catalog without streams.
  init() {}

  /// Reads a file; a catalog of Singer's is one without streams, for its taps send SCHEMA messages.
  init(file path: String) throws(Failure) {
    for entry in try JSONFile.read(path, "catalog")["streams"]?.array ?? [] {
      guard let name = AirbyteStream.name(entry["stream"]) else { continue }
      let stream = try Stream(entry, "\(path): stream \(name)")
      guard streams.updateValue(stream, forKey: Array(name.utf8)) == nil else {
        throw Failure(
          .configuration,
          "\(path): there are two streams \(name), which would be one table",
          hint: "Load the namespaces into destinations of their own."
        )
      }
    }
  }
}

extension ConfiguredCatalog.Stream {
  fileprivate init(_ entry: JSONValue, _ place: String) throws(Failure) {
    schema = entry["stream"]?["json_schema"] ?? [:]
    let paths = entry["primary_key"] ?? entry["stream"]?["source_defined_primary_key"]
    // A key within an object is no column of its own.
    keys = (paths?.array ?? []).compactMap { path in
      path.array?.count == 1 ? path.array?.first?.string : nil
    }
    generation = try Self.generation(entry, place)
    let mode = entry["destination_sync_mode"]?.string ?? "append"
    overwrites = mode == "overwrite" && generation == nil
    switch mode {
    case "append", "overwrite": break
    case "append_dedup":
      Log.warning("\(place): \"append_dedup\" keeps every version of a row, as \"append\" does")
    default:
      throw Failure(
        .configuration,
        "\(place): plain Parquet files have no \"destination_sync_mode\" \"\(mode)\"",
        hint: "append, overwrite or append_dedup"
      )
    }
  }

  private static func generation(
    _ entry: JSONValue,
    _ place: String
  ) throws(Failure) -> Generation? {
    guard let id = entry["generation_id"]?.number?.int64 else { return nil }
    let minimum = entry["minimum_generation_id"]?.number?.int64 ?? 0
    guard id >= 0, (0...id).contains(minimum) else {
      throw Failure(
        .configuration,
        "\(place): \"minimum_generation_id\" \(minimum) is not between 0 and \"generation_id\" \(id)"
      )
    }
    return Generation(id: id, minimum: minimum, sync: entry["sync_id"]?.number?.int64)
  }
}
