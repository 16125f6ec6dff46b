internal import JSON
internal import JSONSchema

/// What was seen of one stream, and what its tap says of it.
final class StreamProfile {
  let name: String
  /// The stream's own schema; nil where it has none.
  private(set) var schema: JSONValue?
  let root = FieldProfile()
  private(set) var keys: KeySearch
  private(set) var records = 0

  init(_ name: String, schema: JSONValue? = nil, keys: [String] = []) {
    self.name = name
    self.schema = schema
    self.keys = KeySearch(declared: keys)
  }

  /// Takes up what the tap says; a later word replaces the former one.
  func declare(_ schema: JSONValue, keys: [String]) {
    self.schema = schema
    if records == 0 { self.keys = KeySearch(declared: keys) }
  }

  /// Takes up a record, unless there are `limit` already.
  func add(_ record: JSONObject, limit: Int? = nil) {
    if let limit, records >= limit { return }
    // A record that announces a deletion has keys only.
    let markers = ["_sdc_deleted_at", "_ab_cdc_deleted_at"]
    if markers.contains(where: { record[$0].map { !$0.isNull } ?? false }) { return }
    records += 1
    root.add(.object(record))
    keys.add(record)
  }
}
