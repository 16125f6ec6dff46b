public import JSON

/// A Singer catalog: what a tap offers, and what of it is wanted.
public struct Catalog: Sendable {
  /// One stream of a catalog; members that this type does not know stay in `object`.
  public struct Entry: Sendable {
    /// The entry as it was read.
    public var object: JSONObject

    /// Wraps an entry.
    public init(_ object: JSONObject) { self.object = object }

    /// The stream's name, which its messages carry.
    public var stream: String { object["stream"]?.string ?? tapStreamID }
    /// The id that a catalog is keyed by.
    public var tapStreamID: String {
      object["tap_stream_id"]?.string ?? object["stream"]?.string ?? ""
    }
    /// The stream's JSON Schema.
    public var schema: JSONValue { object["schema"] ?? .object(JSONObject()) }
    /// The properties that identify a record.
    public var keyProperties: [String] {
      if let names = object["key_properties"] { return KeyProperties.read(names) }
      return KeyProperties.read(metadata([])?["table-key-properties"])
    }
    /// How the stream is read: FULL_TABLE, INCREMENTAL or LOG_BASED, if the catalog says so.
    public var replicationMethod: String? {
      (object["replication_method"] ?? metadata([])?["replication-method"])?.string
    }
    /// The property that an incremental sync goes by.
    public var replicationKey: String? {
      (object["replication_key"] ?? metadata([])?["replication-key"])?.string
    }

    /// Whether only what has changed since the last sync comes, once there was one.
    ///
    /// A replication key without a method means so, as the Meltano SDK has it.
    public var isIncremental: Bool {
      let forced = metadata([])?["forced-replication-method"]?.string
      let method = replicationMethod ?? forced ?? (replicationKey == nil ? "" : "INCREMENTAL")
      return method == "INCREMENTAL" || method == "LOG_BASED"
    }

    /// The metadata of a breadcrumb; `[]` is the stream itself.
    public func metadata(_ breadcrumb: [String]) -> JSONObject? {
      let entries = object["metadata"]?.array ?? []
      let entry = entries.first { entry in
        entry["breadcrumb"]?.array?.compactMap(\.string) == breadcrumb
      }
      return entry?["metadata"]?.object
    }

    /// Whether the stream is wanted.
    public var isSelected: Bool {
      if let metadata = metadata([]) {
        if let selected = Self.truth(metadata["selected"]) { return selected }
        if metadata["inclusion"]?.string == "automatic" { return true }
      }
      if let selected = Self.truth(object["selected"]) { return selected }
      if let selected = Self.truth(schema["selected"]) { return selected }
      return Self.truth(metadata([])?["selected-by-default"]) ?? false
    }

    /// Whether a property is wanted: the SDK's order of rules, keys always kept.
    public func isSelected(property: String) -> Bool {
      if keyProperties.contains(property) || replicationKey == property { return true }
      guard let metadata = metadata(["properties", property]) else { return true }
      switch metadata["inclusion"]?.string {
      case "unsupported": return false
      case "automatic": return true
      default: break
      }
      return Self.truth(metadata["selected"]) ?? Self.truth(metadata["selected-by-default"]) ?? true
    }

    /// The properties that the metadata deselects, by the names on the way to each.
    public var deselectedPaths: [[String]] {
      (object["metadata"]?.array ?? []).compactMap { entry in
        let breadcrumb = entry["breadcrumb"]?.array?.compactMap(\.string) ?? []
        let metadata = entry["metadata"]
        guard breadcrumb.count >= 2, breadcrumb.count % 2 == 0,
          Self.truth(metadata?["selected"]) == false,
          metadata?["inclusion"]?.string != "automatic"
        else { return nil }
        let steps = breadcrumb.indices.filter { $0 % 2 == 0 }
        guard steps.allSatisfy({ breadcrumb[$0] == "properties" }) else { return nil }
        return steps.map { breadcrumb[$0 + 1] }
      }
    }

    /// Selects or deselects the stream in all three places that taps look at.
    public mutating func select(_ isSelected: Bool) {
      object["selected"] = .bool(isSelected)
      if var schema = schema.object {
        schema["selected"] = .bool(isSelected)
        object["schema"] = .object(schema)
      }
      setMetadata([], "selected", .bool(isSelected))
    }

    /// Selects or deselects one property.
    public mutating func select(property: String, _ isSelected: Bool) {
      select(path: [property], isSelected)
    }

    /// Selects or deselects a property inside others, by the names on the way to it.
    public mutating func select(path: [String], _ isSelected: Bool) {
      setMetadata(path.flatMap { ["properties", $0] }, "selected", .bool(isSelected))
    }

    /// Says how the stream is to be read, in both places that taps look at.
    public mutating func setReplicationMethod(_ method: String) {
      object["replication_method"] = .string(method)
      setMetadata([], "replication-method", .string(method))
    }

    /// Replaces the type of a property, or adds a property.
    public mutating func setSchema(_ name: String, _ type: JSONValue) {
      var schema = schema.object ?? JSONObject()
      var properties = schema["properties"]?.object ?? JSONObject()
      properties[name] = type
      schema["properties"] = .object(properties)
      object["schema"] = .object(schema)
    }

    /// Sets metadata of a breadcrumb; how a stream is replicated, and its keys, in the older place
    /// for them, too.
    public mutating func setMetadata(_ breadcrumb: [String], _ key: String, _ value: JSONValue) {
      if breadcrumb.isEmpty {
        let older = [
          "replication-method": "replication_method", "replication-key": "replication_key",
          "table-key-properties": "key_properties", "view-key-properties": "key_properties",
        ]
        if let name = older[key] { object[name] = value }
      }
      var entries = object["metadata"]?.array ?? []
      let place = entries.firstIndex { entry in
        entry["breadcrumb"]?.array?.compactMap(\.string) == breadcrumb
      }
      var metadata = place.flatMap { entries[$0]["metadata"]?.object } ?? JSONObject()
      metadata[key] = value
      var entry = JSONObject()
      entry["breadcrumb"] = .array(breadcrumb.map { .string($0) })
      entry["metadata"] = .object(metadata)
      if let place { entries[place] = .object(entry) } else { entries.append(.object(entry)) }
      object["metadata"] = .array(entries)
    }

    /// Catalogs write truth as a boolean or as text.
    private static func truth(_ value: JSONValue?) -> Bool? {
      switch value {
      case .bool(let truth)?: truth
      case .string(let text)?: text.lowercased() == "true"
      default: nil
      }
    }
  }

  /// The streams, in the catalog's order.
  public var streams: [Entry]

  /// Creates a catalog.
  public init(streams: [Entry]) { self.streams = streams }

  /// Reads a catalog; nil where the value has not the shape of one.
  public init?(_ value: JSONValue) {
    guard let streams = value["streams"]?.array else { return nil }
    self.streams = streams.compactMap { $0.object.map(Entry.init) }
  }

  /// The catalog as JSON.
  public var json: JSONValue { ["streams": .array(streams.map { .object($0.object) })] }
}
