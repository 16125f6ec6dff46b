import Columns
import ConnectorKit
import JSON
import Wire

// SAFETY, for the whole file: positions lie inside the line that is being read.

extension Loader {
  /// A SCHEMA line: a table begins, or goes on with other columns.
  mutating func schema(_ message: Message, _ start: Position) throws(Failure) {
    guard let stream = message.stream, !stream.isEmpty else {
      throw violation("a SCHEMA without the name of its stream")
    }
    guard let bytes = unsafe message.bytes("schema", in: start),
      let schema = unsafe message.value("schema", in: start)
    else { throw violation("a SCHEMA of stream \(stream) without a schema") }
    let keys = unsafe KeyProperties.read(message.value("key_properties", in: start))
    try declare(stream, schema, bytes, keys)
  }

  /// The place of a stream's table, which a catalog may have where no SCHEMA has come.
  mutating func place(of stream: String) throws(Failure) -> Int? {
    let name = Array(stream.utf8)
    if let place = places[name] { return place }
    guard let configured = settings.catalog.streams[name] else { return nil }
    let bytes = Array(configured.schema.encoded().utf8)
    try declare(stream, configured.schema, bytes, configured.keys)
    return places[name]
  }

  private mutating func declare(
    _ stream: String,
    _ schema: JSONValue,
    _ bytes: [UInt8],
    _ keys: [String]
  ) throws(Failure) {
    let known = places[Array(stream.utf8)].map { tables[$0] }
    if let known, known.schemaBytes == bytes, known.declaredKeys == keys { return }
    let declared: Schema
    do throws(SchemaError) {
      declared = try ColumnTypes.schema(schema)
    } catch {
      switch error {
      case .noProperties: throw violation("the schema of stream \(stream) has no properties")
      case .reference(let reference):
        throw violation("the schema of stream \(stream) refers to \(reference), which is not there")
      }
    }
    let table: Table
    if let known { table = known } else { table = try open(stream) }
    table.declaredNames = Set(declared.fields.map(\.name))
    let typed = settings.settings(of: stream).requested.applied(to: declared)
    let columns = table.loading.columns(of: typed)
    let merged = TableSchema.merged(table: table.schema, stream: columns)
    try checkChanges(merged.changes, table)
    table.schemaBytes = bytes
    table.declaredKeys = keys
    table.keys = keys.filter { key in declared.fields.contains { $0.name.hasSameBytes(as: key) } }
    for key in keys where !table.keys.contains(key) {
      Log.warning("stream \(stream): the key property \(key) is not in the schema")
    }
    try table.loading.check(keys: keys, declared, stream: stream)
    if merged.schema.fields.isEmpty {
      Log.warning("stream \(stream): the schema has no properties, so no file will be written")
    }
    if merged.schema != table.schema {
      for (one, other) in TableSchema.namesAlikeButForCase(merged.schema) {
        Log.warning(
          "stream \(stream): the columns \(one) and \(other) are one to readers that fold case"
        )
      }
    }
    let files = table.loading.flattening?.columns(of: merged.schema) ?? merged.schema
    var seen: Set<[UInt8]> = []
    if let twice = files.fields.first(where: { !seen.insert(Array($0.name.utf8)).inserted })?.name {
      throw violation(
        "stream \(stream): \"flatten\" makes two columns \(twice)",
        hint: "Another \"flatten_separator\" keeps them apart."
      )
    }
    try settings.settings(of: stream).check(files, stream: stream)
    table.metadata = Governance.metadata(of: schema)
    if merged.schema != table.schema || table.rowsRead == 0 {
      try retype(table, to: merged.schema)
    } else {
      table.keyColumns = table.keyPlaces()
      table.recordMetadata?.find(in: table.schema, declared: table.declaredNames)
    }
  }

  /// Refuses changes that the table's policy or its former files do not allow.
  private func checkChanges(_ changes: [TableSchema.Change], _ table: Table) throws(Failure) {
    // The first SCHEMA of a new table changes nothing.
    guard !table.schema.fields.isEmpty else { return }
    for change in changes {
      let text = "stream \(table.stream), \(change.path): \(change.text)"
      if table.loading.isFrozen {
        throw violation(
          "\(text), and \"schema_policy\" is freeze",
          hint: "\"evolve\" takes it; \"overwrite\" or --full-refresh begins the table anew."
        )
      }
      switch change.kind {
      case .narrowed:
        throw violation(
          "\(text): what is there would not fit",
          hint: "Let the tap declare a type that holds both, or load the table anew: "
            + "\"load_method\": \"overwrite\", or --full-refresh."
        )
      case .widened: Log.warning(text)
      case .added, .dropped, .nullable: break
      }
    }
  }

  /// A new table, with the columns that the commit log has for it.
  private mutating func open(_ stream: String) throws(Failure) -> Table {
    // Nothing is committed while a table is replaced: what came before is, so far as it can be.
    if settings.settings(of: stream).loading.overwrites { try commitWaiting() }
    let table = try committer.table(stream)
    places[Array(stream.utf8)] = tables.count
    tables.append(table)
    return table
  }

  /// A STATE line covers every row before it.
  mutating func state(
    _ message: Message,
    _ start: Position,
    _ end: Position,
    isAirbyte: Bool
  ) throws(Failure) {
    committer.states.seen += 1
    let key = isAirbyte ? "state" : "value"
    guard let value = unsafe message.value(key, in: start),
      let bytes = unsafe message.bytes(key, in: start)
    else { throw violation("a STATE without a \(key)") }
    let state: IncomingState
    if isAirbyte {
      var line = unsafe Array(UnsafeBufferPointer(start: start, count: end - start))
      while let last = line.last, last == 0x0A || last == 0x0D { line.removeLast() }
      state = .airbyte(value, line: line)
    } else {
      state = .singer(value, bytes: bytes)
    }
    // Sources tell a state for streams that failed, too.
    guard sourceError == nil else { return }
    // An empty state never replaces a real one. What came before it waits for the next: were it
    // committed alone, a run from the state that stands would repeat it.
    if !state.isEmpty {
      committer.wait(for: state)
      for table in tables { table.marked = table.batch.rows }
    }
    let elapsed = committer.nanosecondsSinceCommit
    guard
      committer.hasWaiting,
      settings.checkpoint.isDue(
        bytes: bytesSinceCommit,
        rows: rowsSinceCommit,
        nanoseconds: elapsed
      )
    else { return }
    try commitWaiting()
  }

  /// An ACTIVATE_VERSION: rows of other versions end with the commit that covers it, or those of
  /// smaller ones are marked as deleted.
  mutating func activate(_ message: Message, _ start: Position) throws(Failure) {
    guard let stream = message.stream, let place = places[Array(stream.utf8)] else {
      Log.warning(
        "line \(lineNumber + 1): ACTIVATE_VERSION of \(message.stream ?? "no stream"), which has no "
          + "SCHEMA yet"
      )
      return
    }
    guard let version = unsafe message.value("version", in: start)?.number?.int64 else {
      throw violation("an ACTIVATE_VERSION of stream \(stream) without a whole \"version\"")
    }
    let table = tables[place]
    guard !table.loading.overwrites else { return }
    if let reason = table.reasonToKeepVersions {
      Log.warning(
        "stream \(stream): version \(version) was activated, but rows of other versions stay: "
          + reason
      )
      return
    }
    // A STATE from before it must not take rows away.
    try commitWaiting()
    table.activeVersion = version
  }

  /// A TRACE of an Airbyte source: its error makes the end one that is not clean.
  mutating func trace(_ message: Message, _ start: Position) throws(Failure) {
    let trace = unsafe message.value("trace", in: start)
    if trace?["type"]?.string == "STREAM_STATUS" { try status(trace?["stream_status"]) }
    guard trace?["type"]?.string == "ERROR" else {
      passed["TRACE", default: 0] += 1
      return
    }
    let error = trace?["error"]
    let stream = AirbyteStream.name(error?["stream_descriptor"]).map { " of stream \($0)" } ?? ""
    sourceError =
      sourceError
      ?? Failure(
        error?["failure_type"]?.string == "config_error" ? .configuration : .temporary,
        "the source told an error\(stream): \(error?["message"]?.string ?? "no message")",
        hint: "Rows and states after it were not committed."
      )
  }

  /// A stream that has been read to its end: rows of generations that it replaces go with the
  /// commit that covers its last row.
  private mutating func status(_ status: JSONValue?) throws(Failure) {
    guard let stream = AirbyteStream.name(status?["stream_descriptor"]) else { return }
    if status?["status"]?.string == "INCOMPLETE", incomplete == nil {
      incomplete = Failure(
        .temporary,
        "the source did not read stream \(stream) to its end",
        hint: "Rows after the last state were not committed; what other streams completed stays."
      )
    }
    guard status?["status"]?.string == "COMPLETE", sourceError == nil,
      let place = try place(of: stream)
    else { return }
    let table = tables[place]
    table.isComplete = true
    guard let minimum = table.generation?.minimum, minimum > 0 else { return }
    // A STATE that does not cover all its rows must not take the others away.
    if table.batch.rows > table.marked { try commitWaiting() }
    table.firstGeneration = minimum
  }

  /// A line that is no message: the end, or lenient a line of the log.
  mutating func malformed(
    _ problem: Message.Problem,
    _ start: Position,
    _ end: Position
  ) throws(Failure) {
    let excerpt = unsafe Excerpt.of(UnsafeBufferPointer(start: start, count: end - start), 120)
    if settings.lenient {
      Log.warning("line \(lineNumber + 1) is no message: \(excerpt)")
      return
    }
    let reason =
      switch problem {
      case .notJSON(let fault): "not JSON (\(fault.reason.rawValue))"
      case .notAnObject: "no JSON object"
      case .noType: "a message without a type"
      }
    throw violation(
      "\(reason): \(excerpt)",
      hint: "Does the tap print its log to standard output? \"lenient\": true passes such lines by."
    )
  }

  /// Fills the columns of record metadata for the last rows, whose lines lie from `start` to `end`.
  func describe(_ table: Table, _ start: Position, _ end: Position, rows: Int) {
    guard let metadata = table.recordMetadata else { return }
    var told: [RecordMetadata.Told] = []
    told.reserveCapacity(rows)
    var p = unsafe start
    while told.count < rows, unsafe p < end {
      let next = unsafe Self.lineEnd(p, end)
      told.append(unsafe RecordMetadata.Told(try? RecordLocation(p, next), p))
      unsafe p = unsafe next
    }
    metadata.fill(&table.batch, told, version: table.version)
  }

  /// Throws for a record without one of the stream's key properties; a null is one.
  mutating func checkKeys(
    _ table: Table,
    _ start: Position,
    _ end: Position,
    rows: Int,
    before: Int
  ) throws(Failure) {
    guard !table.keys.isEmpty, table.hasNewNullKeys() else { return }
    var p = unsafe start
    for row in 0..<rows {
      let next = unsafe Self.lineEnd(p, end)
      if let location = unsafe try? RecordLocation(p, next) {
        let bytes = unsafe UnsafeRawBufferPointer(
          start: p + location.record.lowerBound,
          count: location.record.count
        )
        let record = unsafe try? JSONValue.parse(bytes)
        for key in table.keys where record?[key] == nil {
          table.batch.truncate(toRows: before + row)
          lineNumber += row
          throw violation("a record of stream \(table.stream) with missing key properties: \(key)")
        }
      }
      unsafe p = unsafe next
    }
  }
}
