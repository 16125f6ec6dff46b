import JSON

/// Which filling of a table rows belong to: Airbyte counts one up when a stream is read anew.
struct Generation: Equatable {
  /// The filling that the rows of this load belong to.
  let id: Int64
  /// Rows of smaller ones give way once the stream has been read to its end; 0 keeps all.
  let minimum: Int64
  /// The sync that is under way, where the catalog tells.
  let sync: Int64?

  init(id: Int64, minimum: Int64, sync: Int64?) {
    self.id = id
    self.minimum = minimum
    self.sync = sync
  }

  /// That of a table as the commit log has it; nil where none was ever told.
  init?(_ table: JSONValue?) {
    guard let id = table?["generation"]?.number?.int64 else { return nil }
    self.init(id: id, minimum: 0, sync: table?["sync"]?.number?.int64)
  }
}
