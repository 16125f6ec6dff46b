internal import JSON
internal import Wire

extension Job {
  /// Whether the target is ours and lets one pipeline alone append to a table.
  var hasUnsharedTables: Bool {
    target.program == .plugin("parquet") && target.config["shared"]?.bool != true
  }

  /// Windows of time are of the same streams, so that all but the first part would be refused.
  func refuseWindowsOfOneTable() throws(Failure) {
    guard hasUnsharedTables, partitions.filter({ $0.window != nil }).count > 1 else { return }
    throw Failure(.configuration, "\(file): \(Self.oneTable)", hint: Self.sharing)
  }

  static let oneTable = "the parts are windows of the same streams, and each table has one owner"
  static let sharing = "Write `shared: true` in the target's config."
}
