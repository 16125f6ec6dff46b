import ConnectorKit
import JSON
import Wire

/// A stream as the source offers it, an AirbyteStream, and as a catalog of Singer has it.
struct SourceStream {
  /// The AirbyteStream, whole.
  let object: JSONObject
  /// The name that Singer knows it by.
  let name: String

  init?(_ value: JSONValue) {
    guard let object = value.object, let name = AirbyteStream.name(value) else { return nil }
    self.object = object
    self.name = name
  }

  /// The member of a catalog's entry that keeps the AirbyteStream, so that a run needs no discovery.
  private static let member = "airbyte_stream"

  /// The stream that an entry was made from; nil for an entry made elsewhere.
  init?(entry: Catalog.Entry) {
    guard let value = entry.object[Self.member] else { return nil }
    self.init(value)
  }

  private var modes: [String] {
    object["supported_sync_modes"]?.array?.compactMap(\.string) ?? ["full_refresh"]
  }
  private var isIncremental: Bool { modes.contains("incremental") }
  private var ownCursor: Bool { object["source_defined_cursor"]?.bool ?? false }
  private var cursor: [String] {
    object["default_cursor_field"]?.array?.compactMap(\.string) ?? []
  }

  /// The keys that are fields of the record itself; Singer knows no others.
  private var keys: [String] {
    let paths = object["source_defined_primary_key"]?.array ?? []
    let names = paths.compactMap { path in
      path.array?.count == 1 ? path.array?.first?.string : nil
    }
    return names.count == paths.count ? names : []
  }

  /// The entry of Singer's catalog.
  var entry: Catalog.Entry {
    var entry = Catalog.Entry(JSONObject())
    entry.object["tap_stream_id"] = .string(name)
    entry.object["stream"] = .string(name)
    entry.object["schema"] = NullableSchema.make(object["json_schema"] ?? [:])
    entry.object["key_properties"] = .array(keys.map { .string($0) })
    entry.setMetadata([], "inclusion", "available")
    entry.setMetadata([], "table-key-properties", .array(keys.map { .string($0) }))
    if !isIncremental { entry.setMetadata([], "forced-replication-method", "FULL_TABLE") }
    if isIncremental, cursor.count == 1 {
      entry.setMetadata([], "valid-replication-keys", .array(cursor.map { .string($0) }))
    }
    for key in keys { entry.setMetadata(["properties", key], "inclusion", "automatic") }
    entry.object[Self.member] = .object(object)
    return entry
  }

  /// How it is read: by the catalog, else by the settings, else by cursor where that can be.
  private func isRead(
    incrementally entry: Catalog.Entry,
    _ settings: AirbyteSettings.Stream?
  ) throws(Failure) -> Bool {
    let method = entry.replicationMethod ?? settings?.mode
    switch method?.uppercased() {
    case "INCREMENTAL", "LOG_BASED":
      guard isIncremental else {
        throw Failure(
          .configuration,
          "stream \(name) cannot be read incrementally: the source offers "
            + modes.joined(separator: ", "),
          hint: entry.replicationMethod == nil
            ? "Take away its \"sync_mode\", or set it to full_refresh."
            : "Take away its replication method, or set it to FULL_TABLE."
        )
      }
      return true
    case "FULL_TABLE", "FULL_REFRESH": return false
    default:
      let given = entry.replicationKey != nil || settings?.cursor != nil
      return isIncremental && (ownCursor || given || !cursor.isEmpty)
    }
  }

  /// The ConfiguredAirbyteStream that the source is told.
  func configured(
    _ entry: Catalog.Entry,
    _ settings: AirbyteSettings.Stream?
  ) throws(Failure) -> JSONValue {
    let isIncremental = try isRead(incrementally: entry, settings)
    var configured = JSONObject()
    configured["stream"] = .object(object)
    configured["sync_mode"] = isIncremental ? "incremental" : "full_refresh"
    let key = settings?.key ?? object["source_defined_primary_key"]
    let hasKey = key?.array?.isEmpty == false
    configured["destination_sync_mode"] =
      isIncremental ? (hasKey ? "append_dedup" : "append") : "overwrite"
    if hasKey { configured["primary_key"] = key }
    if isIncremental {
      let chosen = settings?.cursor ?? entry.replicationKey.map { .array([.string($0)]) }
      let path =
        ownCursor
        ? object["default_cursor_field"] ?? chosen : chosen ?? object["default_cursor_field"]
      guard ownCursor || path?.array?.isEmpty == false else {
        throw Failure(
          .configuration,
          "stream \(name) needs a cursor to be read incrementally",
          hint: #"Set "streams": {"\#(name)": {"cursor_field": ["FIELD"]}}, or replication-key."#
        )
      }
      configured["cursor_field"] = path
    }
    configured["generation_id"] = 1
    configured["minimum_generation_id"] = isIncremental ? 0 : 1
    configured["sync_id"] = 1
    return .object(configured)
  }
}
