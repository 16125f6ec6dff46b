internal import Contracts
internal import JSON
internal import Wire

/// Gives data to the engine as one stream of messages; nothing but a line, a row or a row group of
/// them is in memory.
struct Feed {
  let engine: Engine
  let rows: ContractTest.Rows
  let scratch: String
  private(set) var origins = LineOrigins()
  private var announced: Set<String> = []

  init(_ engine: Engine, scratch: String, rows: @escaping ContractTest.Rows) {
    self.engine = engine
    self.scratch = scratch
    self.rows = rows
  }

  /// Gives all of `data`; `object` is what they are, nil for messages, which say so themselves.
  mutating func give(_ data: ContractData, as object: ContractObject?) throws(Failure) {
    if let object { try announce(object) }
    origins.begin(data, after: engine.lines)
    switch (data.form, object) {
    case (.messages, _): try messages(data.location)
    case (.records, let object?): try records(data.location, Wrapping(object))
    case (.csv, let object?): try csv(data.location, object)
    case (.parquet(let parts), let object?): try parquet(parts, object)
    case (_, nil): throw Failure(.bug, "\(data.path) has no object")
    }
  }

  /// The stream begins, so that its rules are judged even where no record comes.
  private mutating func announce(_ object: ContractObject) throws(Failure) {
    let stream = object.physicalName ?? object.name
    guard announced.insert(stream).inserted else { return }
    let message: JSONValue = [
      "type": "SCHEMA", "stream": .string(stream),
      "schema": ["type": "object", "properties": .object(JSONObject())], "key_properties": [],
    ]
    try engine.write(Array((message.encoded() + "\n").utf8))
  }

  // MARK: Lines of JSON

  private func messages(_ path: String) throws(Failure) {
    var hasEnd = true
    unsafe try Regions.each(path) { (region) throws(Failure) in
      let feeds = unsafe region.count { $0 == 0x0A }
      hasEnd = unsafe region[region.count - 1] == 0x0A
      unsafe try engine.write(region, lines: feeds + (hasEnd ? 0 : 1))
    }
    // What follows must not go on with the last line.
    if !hasEnd { try engine.write([0x0A], lines: 0) }
  }

  private func records(_ path: String, _ wrapping: Wrapping) throws(Failure) {
    unsafe try Regions.lines(path) { (line) throws(Failure) in
      try engine.write(unsafe wrapping.message(line))
    }
  }

  // MARK: Rows

  private func parquet(_ parts: [ContractData.Part], _ object: ContractObject) throws(Failure) {
    let typing = RecordTyping(object, .containers)
    let wrapping = Wrapping(object)
    for part in parts {
      try rows(part.file) { (row) throws(Failure) in
        var record = typing.typed(row)
        for (column, text) in part.pathValues where record[column] == nil {
          record[column] = typing.typed(text, column: column)
        }
        try engine.write(wrapping.message(record))
        return true
      }
    }
  }

  private func csv(_ path: String, _ object: ContractObject) throws(Failure) {
    let typing = RecordTyping(object, .everything)
    let wrapping = Wrapping(object)
    let data = try CSVData(path, cells: .text, scratch: scratch)
    try data.records { (record) throws(Failure) in
      try engine.write(wrapping.message(typing.typed(record)))
      return true
    }
  }
}
