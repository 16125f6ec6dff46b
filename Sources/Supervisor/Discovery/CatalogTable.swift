internal import JSON
package import Wire

/// A catalog for people: one line for each stream.
package enum CatalogTable {
  package static func text(_ catalog: Catalog) -> String {
    guard !catalog.streams.isEmpty else { return "no streams" }
    var rows = [["stream", "keys", "replication", "columns"]]
    for stream in catalog.streams {
      let names = stream.schema["properties"]?.object?.keys ?? []
      let method = stream.replicationMethod ?? "-"
      rows.append([
        stream.tapStreamID,
        stream.keyProperties.isEmpty ? "-" : stream.keyProperties.joined(separator: ", "),
        stream.replicationKey.map { "\(method) by \($0)" } ?? method,
        "\(names.count): \(list(names))",
      ])
    }
    return table(rows)
  }

  /// As many names as fit a line.
  package static func list(_ names: [String]) -> String {
    var shown: [String] = []
    var width = 0
    for name in names {
      width += name.count + 2
      if width > 60 { return (shown + ["…"]).joined(separator: ", ") }
      shown.append(name)
    }
    return shown.joined(separator: ", ")
  }

  /// Columns as wide as their widest cell.
  private static func table(_ rows: [[String]]) -> String {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = row.enumerated().map { column, cell in
        column == row.count - 1
          ? cell : cell + String(repeating: " ", count: widths[column] - cell.count)
      }
      return cells.joined(separator: "  ")
    }.joined(separator: "\n")
  }
}
