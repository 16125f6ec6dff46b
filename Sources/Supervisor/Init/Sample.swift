internal import JSON

/// What all records of a stream have in common; made only from a stream that was read to its end.
struct Sample {
  private(set) var records = 0
  /// The columns that were null or absent somewhere.
  private var gaps: Set<String> = []
  /// The values of columns whose values all differ so far, as JSON.
  private var values: [String: Set<String>] = [:]
  private var repeated: Set<String> = []
  private var columns: Set<String> = []

  /// Reads a tap's whole output.
  init(messages: [UInt8], stream: String) {
    for line in messages.split(separator: 0x0A) {
      guard let message = try? JSONValue.parse(Array(line)),
        message["type"]?.string == "RECORD", message["stream"]?.string == stream,
        let record = message["record"]?.object
      else { continue }
      add(record)
    }
  }

  private mutating func add(_ record: JSONObject) {
    records += 1
    // A column that is new now was absent before; one that is absent now has a gap.
    for name in record.keys where columns.insert(name).inserted && records > 1 { gaps.insert(name) }
    gaps.formUnion(columns.subtracting(record.keys))
    for (name, value) in record.members {
      if value.isNull { gaps.insert(name) }
      guard Self.mayBeKey(name), !repeated.contains(name) else { continue }
      if values[name, default: []].insert(value.encoded()).inserted { continue }
      repeated.insert(name)
      values[name] = nil
    }
  }

  /// Whether every record has a value for the column.
  func isComplete(_ column: String) -> Bool {
    records > 0 && columns.contains(column) && !gaps.contains(column)
  }

  /// Whether the column tells records apart, by its name and by its values.
  func isKey(_ column: String) -> Bool {
    records > 1 && Self.mayBeKey(column) && isComplete(column) && !repeated.contains(column)
  }

  private static func mayBeKey(_ column: String) -> Bool {
    let name = column.lowercased()
    return name == "id" || name.hasSuffix("_id") || name == "uuid" || name == "key"
  }
}
