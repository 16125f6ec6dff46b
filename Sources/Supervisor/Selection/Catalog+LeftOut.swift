package import JSON
package import Wire

extension Catalog {
  /// What is not wanted of it, as the middle stage takes it: `{STREAM: true}` for whole streams,
  /// `{STREAM: [[FIELD, …], …]}` for fields; nil if all is.
  ///
  /// Taps call a stream by its id or by its name; a name that several streams share is left alone.
  package var leftOut: JSONValue? {
    var owners: [String: Int] = [:]
    for entry in streams {
      for name in Set([entry.tapStreamID, entry.stream]) { owners[name, default: 0] += 1 }
    }
    var result = JSONObject()
    for entry in streams {
      let value: JSONValue
      if entry.isSelected {
        let paths = entry.deselectedPaths
        guard !paths.isEmpty else { continue }
        value = .array(paths.map { path in .array(path.map { .string($0) }) })
      } else {
        value = true
      }
      for name in [entry.tapStreamID, entry.stream] where owners[name] == 1 { result[name] = value }
    }
    return result.isEmpty ? nil : .object(result)
  }
}
