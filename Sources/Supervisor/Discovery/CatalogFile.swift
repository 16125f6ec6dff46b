internal import JSON
internal import Posix

/// A catalog that was written to a file.
package enum CatalogFile {
  /// Whether a file holds one: nothing but a list of streams, each with its name and its schema.
  package static func isCatalog(_ path: String) -> Bool {
    guard Paths.isFile(path), let bytes = try? Files.read(path),
      let value = try? JSONValue.parse(bytes), value.object?.count == 1,
      let streams = value["streams"]?.array
    else { return false }
    return streams.allSatisfy { stream in
      let name = stream["tap_stream_id"] ?? stream["stream"]
      return name?.string != nil && stream["schema"]?.object != nil
    }
  }
}
