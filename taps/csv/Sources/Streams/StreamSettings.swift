import ConnectorKit
import JSON
import Wire

/// What the configuration says of one stream.
struct StreamSettings: Sendable {
  /// How a stream is read again.
  enum Replication: Hashable, Sendable {
    /// Everything, each time.
    case full
    /// Files that are new or were changed since the last sync.
    case modified
    /// Rows whose value in a column is not below the largest of the last sync.
    case cursor(String)
  }

  var name: String
  /// A path, or a pattern of paths.
  var path: String
  /// Where the configuration has the path.
  var place: String
  /// Where the configuration has the other settings of the stream.
  var keyPlace: String
  var typePlace: String
  var dialect: Dialect
  var encoding: TextEncoding
  var hasHeader: Bool
  var names: [String]?
  var skipLines: Int
  var raggedness: Raggedness
  var keys: [String]
  var types: [(name: String, kind: ColumnKind)]
  var replication: Replication
  /// The rows by which types are found, 0 for all; nil for as many as are quickly read.
  var sampleRows: Int?

  /// The kind that the configuration says a column is.
  func told(_ column: String) -> ColumnKind? {
    types.first { $0.name.utf8.elementsEqual(column.utf8) }?.kind
  }

  /// The files, at least one.
  func files() throws(Failure) -> [SourceFile] { try FileList.files(path, place) }

  /// Fails for names in `keys`, `types` and `replication_key` that are no columns.
  func check(_ columns: [String]) throws(Failure) {
    func check(_ name: String, _ setting: String, _ place: String) throws(Failure) {
      guard !columns.contains(where: { $0.utf8.elementsEqual(name.utf8) }) else { return }
      let near = Nearest.name(to: name, among: columns)
      let list = columns.prefix(20).map(JSONText.quoted).joined(separator: ", ")
      throw Failure(
        .configuration,
        "\(place): \"\(setting)\" names \(JSONText.quoted(name)), which is no column of \(path)",
        hint: near.map { "Did you mean \(JSONText.quoted($0))?" } ?? "It has \(list)."
      )
    }
    for key in keys { try check(key, "keys", keyPlace) }
    for type in types { try check(type.name, "types", typePlace) }
    if case .cursor(let key) = replication { try check(key, "replication_key", place) }
  }
}
