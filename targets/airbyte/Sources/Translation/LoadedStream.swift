import JSON
import Wire

/// A stream that is loaded: what its SCHEMA says, and what the destination is told of it.
struct LoadedStream {
  let name: String
  private(set) var schema: JSONValue
  private(set) var keys: [String]
  private(set) var bookmarks: [String]
  /// Whether its SCHEMA has come; a catalog alone empties no table.
  private(set) var isAnnounced = true
  /// The version of its rows, of a tap that counts them.
  var version: Int64?
  /// Whether the destination has had rows of it in this load.
  var hasRows = false

  init?(_ message: JSONValue) {
    guard let name = message["stream"]?.string, let schema = message["schema"] else { return nil }
    self.name = name
    self.schema = schema
    keys = KeyProperties.read(message["key_properties"])
    bookmarks = KeyProperties.read(message["bookmark_properties"])
  }

  /// From an entry of Singer's catalog.
  init(_ entry: Catalog.Entry) {
    name = entry.stream
    isAnnounced = false
    schema = entry.schema
    keys = entry.keyProperties
    bookmarks = entry.replicationKey.map { [$0] } ?? []
  }

  /// Takes a later SCHEMA; whether it says something new.
  mutating func take(_ later: LoadedStream) -> Bool {
    if later.isAnnounced { isAnnounced = true }
    guard later.schema != schema || later.keys != keys || later.bookmarks != bookmarks else {
      return false
    }
    (schema, keys, bookmarks) = (later.schema, later.keys, later.bookmarks)
    return true
  }

  /// How its rows are kept: as the settings say, else by key where the destination can.
  func mode(
    _ settings: DestinationSettings.Stream,
    _ destination: Destination
  ) throws(Failure) -> SyncMode {
    guard let wanted = settings.mode else {
      return !keys.isEmpty && destination.supports(.appendDedup) ? .appendDedup : .append
    }
    guard destination.supports(wanted) else {
      throw Failure(
        .configuration,
        "stream \(name): \(destination.name) has no \"sync_mode\" \"\(wanted.rawValue)\"",
        hint: "It has \(destination.modes.map(\.rawValue).joined(separator: ", "))."
      )
    }
    guard wanted != .appendDedup || !keys.isEmpty else {
      throw Failure(
        .configuration,
        "stream \(name) has no key, which \"append_dedup\" goes by",
        hint: "Set another \"sync_mode\" for it, or let its SCHEMA have key_properties."
      )
    }
    return wanted
  }

  /// The ConfiguredAirbyteStream.
  ///
  /// Rows of the generation stay whatever the mode: where the destination has had some of them
  /// already, by an earlier write of this load, the rest is appended to them. So is what is not
  /// known to come.
  func configured(
    _ settings: DestinationSettings,
    _ destination: Destination,
    load: Int64
  ) throws(Failure) -> JSONValue {
    let own = settings.stream(name)
    let mode = try mode(own, destination)
    let isOverwritten = mode == .overwrite && !hasRows && isAnnounced
    let paths = JSONValue.array(keys.map { .array([.string($0)]) })
    var stream: JSONObject = ["name": .string(name)]
    if let namespace = settings.namespace { stream["namespace"] = .string(namespace) }
    stream["json_schema"] = schema
    stream["supported_sync_modes"] = ["full_refresh", "incremental"]
    if !keys.isEmpty { stream["source_defined_primary_key"] = paths }
    var configured: JSONObject = ["stream": .object(stream)]
    configured["sync_mode"] = mode == .overwrite ? "full_refresh" : "incremental"
    configured["destination_sync_mode"] =
      .string(mode == .overwrite && !isOverwritten ? SyncMode.append.rawValue : mode.rawValue)
    let cursor = own.cursor ?? bookmarks.first.map { .array([.string($0)]) }
    if mode != .overwrite, let cursor { configured["cursor_field"] = cursor }
    if !keys.isEmpty { configured["primary_key"] = paths }
    let generation = own.generation ?? (mode == .overwrite ? version ?? load : 0)
    configured["generation_id"] = .number(JSONNumber(generation))
    configured["minimum_generation_id"] =
      .number(JSONNumber(own.minimum ?? (isOverwritten ? generation : 0)))
    configured["sync_id"] = .number(JSONNumber(load))
    return .object(configured)
  }
}
