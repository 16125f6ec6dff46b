import ConnectorKit
import JSON
import Wire

extension StreamSync {
  /// The columns as the catalog has them, with the types that the configuration tells.
  static func columns(
    _ settings: StreamSettings,
    _ entry: Catalog.Entry
  ) throws(Failure) -> [Column] {
    var columns: [Column] = []
    for property in entry.schema["properties"]?.object?.members ?? [] {
      let told = settings.told(property.key)
      let isExtra = property.key == settings.raggedness.column
      guard let kind = told ?? (isExtra ? .string : ColumnKind(property.value)) else {
        throw Failure(
          .configuration,
          "the catalog says that column \(JSONText.quoted(property.key)) of stream "
            + "\(settings.name) is \(property.value["type"]?.encoded() ?? "of no type"), "
            + "which no cell is",
          hint: "Make it a string, number, integer or boolean."
        )
      }
      columns.append(
        Column(
          name: property.key,
          kind: kind,
          isTold: told != nil,
          isSelected: entry.isSelected(property: property.key)
        )
      )
    }
    if let extra = settings.raggedness.column, !columns.contains(where: { $0.name == extra }) {
      throw Failure(
        .configuration,
        "the catalog's stream \(settings.name) has no column \(JSONText.quoted(extra)) for "
          + "surplus cells",
        hint: "Discover again: the catalog was made before \"ragged\" was set to \"collect\"."
      )
    }
    return columns
  }

  /// What the catalog says, else the configuration.
  static func replication(
    _ settings: StreamSettings,
    _ entry: Catalog.Entry
  ) throws(Failure) -> StreamSettings.Replication {
    switch entry.replicationMethod?.uppercased() {
    case nil: return settings.replication
    case "FULL_TABLE": return .full
    case "INCREMENTAL": return entry.replicationKey.map { .cursor($0) } ?? .modified
    case let method?:
      throw Failure(
        .configuration,
        "the catalog wants stream \(settings.name) read by \(method)",
        hint: "CSV files are read by FULL_TABLE or INCREMENTAL."
      )
    }
  }

  static func cursor(
    _ key: String,
    _ columns: [Column],
    _ bookmark: Bookmark,
    _ settings: StreamSettings
  ) throws(Failure) -> Cursor {
    guard let column = columns.first(where: { $0.name == key }), column.kind != .boolean else {
      throw Failure(
        .configuration,
        "the replication key \(JSONText.quoted(key)) of stream \(settings.name) "
          + "is no column that has an order",
        hint: Nearest.name(to: key, among: columns.map(\.name)).map {
          "Did you mean \(JSONText.quoted($0))?"
        }
      )
    }
    func value(_ json: JSONValue?) throws(Failure) -> Cursor.Value? {
      guard let json, !json.isNull else { return nil }
      if let value = Cursor.value(json, column.kind) { return value }
      throw Failure(
        .configuration,
        "the state says \(json.encoded()) for \(JSONText.quoted(key)) of stream \(settings.name), "
          + "which is not \(column.kind.noun)",
        hint: "The column's type has changed: start without a state, or set \"types\"."
      )
    }
    return Cursor(
      column: key,
      kind: column.kind,
      start: try value(bookmark.start),
      maximum: try value(bookmark.maximum)
    )
  }
}
