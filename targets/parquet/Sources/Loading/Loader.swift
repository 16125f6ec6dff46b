import Columns
import Commits
import ConnectorKit
import JSON
import Posix
import Wire

// SAFETY, for the whole file: positions lie inside the region of whole lines that the line reader
// lent, which stays valid until it is asked for the next.

/// Reads the stream, fills the tables, and commits at STATE lines.
///
/// The rule that makes a cut at the last STATE possible: while a STATE waits for its commit, no
/// row that came after it reaches a file. Rows before it may; when memory runs short and only
/// later rows are left, the waiting STATE is committed first.
struct Loader: ~Copyable {
  typealias Position = UnsafePointer<UInt8>

  let settings: Settings
  var tables: [Table] = []
  var places: [[UInt8]: Int] = [:]
  var current: Table?
  private var forms = FormIndex()
  var committer: Committer
  var lineNumber = 0
  /// Input bytes and rows since the last commit, which is what a checkpoint counts.
  var bytesSinceCommit = 0
  var rowsSinceCommit = 0
  /// Types of messages that passed without effect, counted.
  var passed: [String: Int] = [:]
  /// What an Airbyte source has told of its own failure: no STATE after it is trusted.
  var sourceError: Failure?
  /// Of a stream that an Airbyte source did not read to its end; the others are loaded all the same.
  var incomplete: Failure?
  /// A failure that ends the input here; what the last STATE covers is still committed.
  var failure: Failure?

  init(settings: Settings, committer: consuming Committer) {
    self.settings = settings
    self.committer = committer
  }

  /// After how many bytes of input it is looked at what waits: at the same lines whatever the pieces
  /// are that the input comes in, so that the same input gives the same files.
  private static let lookInterval = 1 << 18
  private var bytesSinceLook = 0

  /// Takes one region of whole lines; false when the input must be read no further.
  mutating func take(_ region: UnsafeRawBufferPointer) -> Bool {
    guard let start = unsafe region.bindMemory(to: UInt8.self).baseAddress else { return true }
    let end = unsafe start + region.count
    do throws(Failure) {
      var p = unsafe start
      while unsafe p < end {
        let left = Self.lookInterval - bytesSinceLook
        let cut = unsafe end - p < left ? end : Self.lineEnd(p + left - 1, end)
        unsafe try read(p, cut)
        unsafe bytesSinceLook += cut - p
        unsafe p = unsafe cut
        guard bytesSinceLook >= Self.lookInterval else { continue }
        bytesSinceLook = 0
        try balance()
      }
      return true
    } catch {
      failure = error
      return false
    }
  }

  private mutating func read(_ start: Position, _ end: Position) throws(Failure) {
    var p = unsafe start
    if lineNumber == 0, unsafe end - p >= 3, unsafe p[0] == 0xEF, unsafe p[1] == 0xBB,
      unsafe p[2] == 0xBF
    {
      unsafe p += 3
    }
    while unsafe p < end {
      if let table = unsafe table(matching: p, end) {
        unsafe p = unsafe try run(table, p, end)
      } else {
        let next = unsafe Self.lineEnd(p, end)
        if unsafe try line(p, next) {
          unsafe bytesSinceCommit += next - p
          unsafe p = unsafe next
        }
      }
    }
  }

  /// The table whose learned line form the line at `p` has.
  private func table(matching p: Position, _ end: Position) -> Table? {
    if let current, unsafe current.lines.matches(p, end) { return current }
    let place = unsafe forms.place(p, end) { unsafe tables[$0].lines.matches(p, end) }
    return place.map { tables[$0] }
  }

  /// Decodes lines of one table's form; returns where the first other line begins.
  private mutating func run(
    _ table: Table,
    _ start: Position,
    _ end: Position
  ) throws(Failure) -> Position {
    current = table
    let rows = table.batch.rows
    let run = unsafe table.lines.decodeRun(
      start,
      end,
      into: &table.batch,
      rowLimit: (rows / Self.runLimit + 1) * Self.runLimit
    )
    if try addMetadataColumns(table, rows) { return unsafe start }
    let taken = table.batch.rows - rows
    if taken > 0 {
      unsafe try checkKeys(table, start, run.position, rows: taken, before: rows)
      unsafe describe(table, start, run.position, rows: taken)
      lineNumber += taken
      table.rowsRead += taken
      unsafe table.bytesRead += run.position - start
      rowsSinceCommit += taken
      unsafe bytesSinceCommit += run.position - start
    }
    switch unsafe run.stop {
    case .end: break
    case .full: try balance()
    case .otherLine:
      // Another stream's line is for its own table.
      if unsafe !table.lines.matches(run.position, end), unsafe run.position > start { break }
      // The form differs somewhere: the general way reads the line, and learns from it.
      let next = unsafe Self.lineEnd(run.position, end)
      guard unsafe try line(run.position, next) else { return unsafe run.position }
      unsafe bytesSinceCommit += next - run.position
      return unsafe next
    }
    return unsafe run.position
  }

  private static let runLimit = 16_384

  /// Reads one line the general way; false if the same line must be read again.
  private mutating func line(_ start: Position, _ end: Position) throws(Failure) -> Bool {
    if unsafe Self.isBlank(start, end) {
      lineNumber += 1
      return true
    }
    let message: Message
    do throws(Message.Problem) {
      message = unsafe try Message(start, end)
    } catch {
      unsafe try malformed(error, start, end)
      lineNumber += 1
      return true
    }
    switch message.kind {
    case .record, .airbyteRecord:
      guard unsafe try record(start, end) else { return false }
    case .schema: unsafe try schema(message, start)
    case .state: unsafe try state(message, start, end, isAirbyte: false)
    case .airbyteState: unsafe try state(message, start, end, isAirbyte: true)
    case .activateVersion: unsafe try activate(message, start)
    case .batch: unsafe try batch(message, start)
    case .airbyteTrace: unsafe try trace(message, start)
    case .airbyteLog: passed["LOG", default: 0] += 1
    case .airbyteOther: passed["CONTROL, SPEC or CATALOG", default: 0] += 1
    case .unknown(let type): passed[type, default: 0] += 1
    }
    lineNumber += 1
    return true
  }

  /// A RECORD line: its form is learned, its record decoded.
  private mutating func record(_ start: Position, _ end: Position) throws(Failure) -> Bool {
    guard let location = unsafe try? RecordLocation(start, end) else {
      throw violation("a RECORD without an object under record")
    }
    guard let place = try place(of: location.stream) else {
      throw violation(
        "a record of stream \(location.stream) before a corresponding schema",
        hint: "A SCHEMA message of the stream must come first."
      )
    }
    let table = tables[place]
    current = table
    if location.version != table.version {
      try cut(table)
      table.version = location.version
    }
    unsafe table.lines.learn(location, from: start, to: end)
    if !forms.knows(table.lines.prefix, at: place) { forms.note(table.lines.prefix, at: place) }
    let rows = table.batch.rows
    guard
      unsafe table.lines.records.decode(start + location.record.lowerBound, end, into: &table.batch)
        != nil
    else {
      try recover(table, table.lines.records.failure)
      return false
    }
    if try addMetadataColumns(table, rows) { return false }
    unsafe try checkKeys(table, start, end, rows: 1, before: rows)
    if let metadata = table.recordMetadata {
      let told = unsafe RecordMetadata.Told(location, start)
      metadata.fill(&table.batch, [told], version: table.version)
    }
    table.rowsRead += 1
    unsafe table.bytesRead += end - start
    rowsSinceCommit += 1
    return true
  }

  /// After a record that did not become a row: the column goes on as another type, or it ends here.
  mutating func recover(_ table: Table, _ reason: RecordFailure?) throws(Failure) {
    switch reason {
    case .misfit(let misfit)?:
      let path = "/" + misfit.path.joined(separator: "/")
      let value = Excerpt.of(misfit.value)
      guard let wider = Widening.widened(table.schema, for: misfit) else {
        throw violation(
          "stream \(table.stream), \(path): the value \(value) does not fit its column",
          hint: "Correct the SCHEMA that the tap sends, or let a contract with mode quarantine "
            + "take such records out."
        )
      }
      for change in TableSchema.merged(table: table.schema, stream: wider).changes {
        let text = "stream \(table.stream), \(change.path): \(change.text), for \(value)"
        guard !table.loading.isFrozen else {
          throw violation("\(text), and \"schema_policy\" is freeze")
        }
        Log.warning(text)
      }
      try retype(table, to: wider)
    case .invalid(let fault)?: throw violation("\(fault.reason.rawValue)")
    case nil: throw Failure(.bug, "line \(lineNumber + 1) was refused without a reason")
    }
  }

  /// Adds the columns for undeclared fields that are known by their names, which have been met in
  /// the rows from `row` on; true if those rows must be read again.
  private mutating func addMetadataColumns(_ table: Table, _ row: Int) throws(Failure) -> Bool {
    guard table.lines.records.keyCount > table.keysSeen else { return false }
    table.keysSeen = table.lines.records.keyCount
    let columns = table.lines.records.unknownKeys.compactMap { MetadataColumns.column($0.name) }
    guard !columns.isEmpty else { return false }
    table.batch.truncate(toRows: row)
    try retype(table, to: Schema(table.schema.fields + columns))
    return true
  }

  /// Goes on with another schema: rows of the former one are a row group of their own.
  mutating func retype(_ table: Table, to schema: Schema) throws(Failure) {
    try cut(table)
    table.change(to: schema)
  }

  /// Ends the row group: what follows cannot stand in one with the rows so far.
  private mutating func cut(_ table: Table) throws(Failure) {
    guard table.batch.rows > 0 else { return }
    try commitWaiting()
    try handOver(table, before: table.batch.rows)
  }

  // MARK: Ends

  /// A violation at the line being read.
  func violation(_ what: String, hint: String? = nil) -> Failure {
    Failure(.data, "line \(lineNumber + 1): \(what)", hint: hint)
  }

  static func lineEnd(_ p: Position, _ end: Position) -> Position {
    guard let feed = unsafe Bytes.find(0x0A, p, end) else { return unsafe end }
    return unsafe feed + 1
  }

  private static func isBlank(_ start: Position, _ end: Position) -> Bool {
    var p = unsafe start
    while unsafe p < end {
      guard unsafe p.pointee == 0x20 || (0x09...0x0D).contains(p.pointee) else { return false }
      unsafe p += 1
    }
    return true
  }
}
