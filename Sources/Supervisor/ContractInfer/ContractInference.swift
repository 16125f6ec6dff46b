internal import JSON
internal import Posix
package import Wire

/// Draws up a contract from data, or from what a tap offers: `dativo contract infer`.
package struct ContractInference {
  private var reader = MessageReader()
  /// How many records of each stream are looked at; nil for all.
  private let limit: Int?

  package init(limit: Int?) { self.limit = limit }

  /// Reads a catalog, if the file is one; false otherwise.
  package mutating func readCatalog(_ path: String) throws(Failure) -> Bool {
    guard Paths.isFile(path), !path.hasSuffix(".parquet") else { return false }
    guard try DataFile(path, try ContractData.local()).size <= 32 << 20 else { return false }
    let bytes: [UInt8]
    do throws(PosixError) {
      bytes = try Files.read(path)
    } catch {
      throw Failure(.io, "\(path) cannot be read: \(error.reason)")
    }
    guard let value = try? JSONValue.parse(bytes), value["type"] == nil,
      let streams = value["streams"]?.array, streams.allSatisfy({ $0.object != nil })
    else { return false }
    reader.adopt(value)
    return true
  }

  /// Takes up what a tap offers.
  package mutating func adopt(_ catalog: Catalog) { reader.adopt(catalog.json) }

  /// Reads data; those of one name are one stream.
  package mutating func read(_ data: ContractData, rows: @escaping ContractTest.Rows)
    throws(Failure)
  {
    switch data.form {
    case .messages: try messages(data)
    case .records: try records(data)
    case .csv: try csv(data)
    case .parquet(let parts):
      let stream = reader.stream(data.name)
      for part in parts where !isEnough(stream) {
        try rows(part.file) { (row) throws(Failure) in
          var record = row
          for (column, text) in part.pathValues where record[column] == nil {
            record[column] = text.map { .string($0) } ?? .null
          }
          stream.add(record)
          return !isEnough(stream)
        }
      }
    }
  }

  /// The contract, as YAML.
  package func text(id: String, name: String, purpose: String) throws(Failure) -> String {
    guard !reader.streams.isEmpty else {
      throw Failure(.data, "the data have no stream", hint: "A contract describes at least one.")
    }
    return ContractDraft(reader.streams).text(id: id, name: name, purpose: purpose)
  }

  /// The streams with how many records of each were looked at.
  package var streams: [(name: String, records: Int)] {
    reader.streams.map { ($0.name, $0.records) }
  }

  private func isEnough(_ stream: StreamProfile) -> Bool {
    limit.map { stream.records >= $0 } ?? false
  }

  // MARK: The forms of data

  private mutating func messages(_ data: ContractData) throws(Failure) {
    var reader = reader
    var number = 0
    unsafe try Regions.lines(data.location) { (line) throws(Failure) in
      number += 1
      // A long file is read to its end: other streams may follow.
      let isJSON = unsafe reader.read(Array(line), limit: limit)
      if !isJSON { throw Self.noJSON(data.path, number) }
    }
    self.reader = reader
  }

  private mutating func records(_ data: ContractData) throws(Failure) {
    let stream = reader.stream(data.name)
    var number = 0
    unsafe try Regions.lines(data.location) { (line) throws(Failure) in
      number += 1
      guard !isEnough(stream), unsafe !line.allSatisfy({ $0 <= 0x20 }) else { return }
      guard let record = unsafe try? JSONValue.parse(line).object else {
        throw Self.noJSON(data.path, number)
      }
      stream.add(record)
    }
  }

  private static func noJSON(_ path: String, _ line: Int) -> Failure {
    Failure(
      .data,
      "\(path):\(line): the line is no JSON object",
      hint: "A contract is drawn up from data that can be read; correct or remove the line."
    )
  }

  private mutating func csv(_ data: ContractData) throws(Failure) {
    let scratch = Scratch()
    defer { scratch.remove() }
    let csv = try CSVData(data.location, cells: .typed, scratch: scratch.path)
    let stream = reader.stream(data.name)
    stream.declare(csv.schema, keys: [])
    try csv.records { (record) throws(Failure) in
      stream.add(record)
      return !isEnough(stream)
    }
  }
}
