import JSON
import Parquet
import Supervisor

/// What `dativo inspect` tells of a file.
struct FileReport {
  let path: String
  /// In bytes.
  let size: Int
  let footer: FooterReader

  // MARK: As JSON

  func json(_ rows: [JSONValue]?) -> JSONValue {
    var object = JSONObject()
    object["file"] = .string(path)
    object["bytes"] = .number(JSONNumber(size))
    object["rows"] = .number(JSONNumber(footer.rows))
    object["created_by"] = footer.createdBy.map { .string($0) } ?? .null
    object["metadata"] = Self.json(footer.metadata)
    object["schema"] = .array(nodes.map(json))
    object["row_groups"] = .array(footer.groups.map(json))
    if let rows { object["first_rows"] = .array(rows) }
    return .object(object)
  }

  private static func json(_ pairs: [(key: String, value: String)]) -> JSONValue {
    .object(JSONObject(pairs.map { (key: $0.key, value: .string($0.value)) }))
  }

  private func json(_ node: Node) -> JSONValue {
    [
      "path": .string(node.path.joined(separator: ".")),
      "type": .string(node.element.typeText),
      "repetition": .string(node.element.repetitionText),
      "field_id": node.element.id.map { .number(JSONNumber($0)) } ?? .null,
    ]
  }

  private func json(_ group: FooterReader.Group) -> JSONValue {
    [
      "rows": .number(JSONNumber(group.rows)),
      "bytes": .number(JSONNumber(group.compressed)),
      "uncompressed_bytes": .number(JSONNumber(group.uncompressed)),
      "sorting": .array(sorting(group).map { .string($0) }),
      "columns": .array(zip(group.chunks, footer.leaves).map(json)),
    ]
  }

  private func json(_ chunk: FooterReader.Chunk, _ leaf: FooterReader.Element) -> JSONValue {
    let bounds = FooterReader.bounds(chunk, of: leaf)
    func number(_ value: Int?) -> JSONValue { value.map { .number(JSONNumber($0)) } ?? .null }
    return [
      "path": .string(chunk.path.joined(separator: ".")),
      "encodings": .array(chunk.encodingNames.map { .string($0) }),
      "codec": .string(chunk.codecName),
      "values": number(chunk.slots),
      "bytes": number(chunk.compressed),
      "uncompressed_bytes": number(chunk.uncompressed),
      "ratio": JSONNumber(Self.ratio(chunk)).map { .number($0) } ?? .null,
      "nulls": number(chunk.nulls),
      "distinct": number(chunk.distinct),
      "minimum": bounds.minimum?.json ?? .null,
      "maximum": bounds.maximum?.json ?? .null,
      "minimum_is_exact": chunk.isMinimumExact.map { .bool($0) } ?? .null,
      "maximum_is_exact": chunk.isMaximumExact.map { .bool($0) } ?? .null,
      "bloom_filter_bytes": number(chunk.bloomFilterOffset == nil ? nil : chunk.bloomFilterSize),
      "has_bloom_filter": .bool(chunk.bloomFilterOffset != nil),
      "has_column_index": .bool(chunk.hasColumnIndex),
      "has_offset_index": .bool(chunk.hasOffsetIndex),
      "metadata": Self.json(chunk.metadata),
    ]
  }

  /// The columns by which the rows are sorted: `name` or `name descending`.
  private func sorting(_ group: FooterReader.Group) -> [String] {
    group.sorting.map { column in
      let name =
        group.chunks.indices.contains(column.leaf)
        ? group.chunks[column.leaf].path.joined(separator: ".") : "column \(column.leaf)"
      return column.isDescending ? "\(name) descending" : name
    }
  }

  /// Bytes before compression to bytes after, with two places.
  private static func ratio(_ chunk: FooterReader.Chunk) -> String {
    guard chunk.compressed > 0 else { return "1.00" }
    let hundredths = (Double(chunk.uncompressed) / Double(chunk.compressed) * 100).rounded()
    guard hundredths >= 0, hundredths < 1e15 else { return "0.00" }
    let number = Int(hundredths)
    return "\(number / 100).\(String(number % 100 + 100).dropFirst())"
  }

  // MARK: As text

  func text(_ rows: [JSONValue]?) -> String {
    var lines = [
      "\(path): \(footer.rows) rows, \(size) bytes, row groups: \(footer.groups.count)",
      "created by \(footer.createdBy ?? "unknown")",
    ]
    lines += footer.metadata.map { "  \($0.key) = \(Self.short($0.value, 100))" }
    lines += ["", "schema"]
    lines += TextTable.lines(
      nodes.map { node in
        [
          String(repeating: "  ", count: node.path.count) + node.element.name,
          node.element.typeText, node.element.repetitionText,
          node.element.id.map { "id \($0)" } ?? "",
        ]
      }
    )
    for (index, group) in footer.groups.enumerated() {
      let sorting = sorting(group)
      lines += [
        "",
        "row group \(index): \(group.rows) rows, \(group.compressed) bytes, "
          + "\(group.uncompressed) before compression"
          + (sorting.isEmpty ? "" : ", sorted by \(sorting.joined(separator: ", "))"),
      ]
      let heads = [
        "  column", "encodings", "codec", "bytes", "ratio", "nulls", "bounds", "indexes",
      ]
      lines += TextTable.lines([heads] + zip(group.chunks, footer.leaves).map(cells))
    }
    if let rows { lines += [""] + rows.map { $0.encoded() } }
    return lines.joined(separator: "\n")
  }

  private func cells(_ chunk: FooterReader.Chunk, _ leaf: FooterReader.Element) -> [String] {
    let bounds = FooterReader.bounds(chunk, of: leaf)
    let ends = [bounds.minimum, bounds.maximum].map { end in
      end.map { Self.short($0.json.encoded(), 24) } ?? "?"
    }
    let hasBounds = bounds.minimum != nil || bounds.maximum != nil
    let indexes =
      (chunk.hasColumnIndex ? ["columns"] : []) + (chunk.hasOffsetIndex ? ["offsets"] : [])
      + (chunk.bloomFilterOffset == nil ? [] : ["bloom"])
    return [
      "  " + chunk.path.joined(separator: "."), chunk.encodingNames.joined(separator: ","),
      chunk.codecName, "\(chunk.compressed)", Self.ratio(chunk),
      chunk.nulls.map { "\($0)" } ?? "?", hasBounds ? ends.joined(separator: " .. ") : "-",
      indexes.joined(separator: ","),
    ]
  }

  private static func short(_ text: String, _ limit: Int) -> String {
    text.count <= limit ? text : text.prefix(limit - 1) + "…"
  }

  // MARK: The tree

  private struct Node {
    var path: [String]
    var element: FooterReader.Element
  }

  /// The schema's nodes with their paths; a tree that does not add up is shown as far as it does.
  private var nodes: [Node] {
    var open: [(name: String, left: Int)] = []
    return footer.schema.map { element in
      while let last = open.last, last.left <= 0 { open.removeLast() }
      let path = open.map(\.name) + [element.name]
      if !open.isEmpty { open[open.count - 1].left -= 1 }
      if element.type == nil { open.append((element.name, element.children)) }
      return Node(path: path, element: element)
    }
  }
}
