import ConnectorKit
import JSON
import Wire

// SAFETY, for the whole file: steps and arena belong to the encoder and are as long as the plan;
// the output has room for each value before it is written, as `reserve` sees to, and 64 bytes
// more; a cell is valid until the scanner is asked for the next.

/// Writes the rows of a file as RECORD lines, from bytes to bytes.
@safe
struct RecordEncoder: ~Copyable {
  /// Why it stopped.
  enum Stop {
    /// More text is needed, or there is none.
    case input
    /// The output is to be taken away.
    case output
    /// As many rows as were asked for have been read.
    case rows
  }

  private static let flushAt = 1 << 18
  static let slack = 64

  let plan: RecordPlan
  let header: [String]
  let raggedness: Raggedness
  let nulls: Nulls
  private let steps: UnsafeMutablePointer<RecordPlan.Step>
  private let count: Int
  /// The plan's arena, and behind it what ends a record.
  private let arena: Output
  private let suffix: Range<Int>
  var base: Output
  private var capacity = flushAt * 2
  private var used = 0
  /// The surplus cells of the row at hand, as elements of a JSON array.
  var surplus: [UInt8] = []
  /// The records in the output.
  private var records = 0
  /// The rows that were read, with those that the cursor passed over.
  private(set) var rows = 0
  var cursor: Cursor?

  init(_ plan: RecordPlan, header: [String], settings: StreamSettings, cursor: Cursor?) {
    self.plan = plan
    self.header = header
    raggedness = settings.raggedness
    nulls = Nulls(settings.dialect)
    self.cursor = cursor
    count = plan.steps.count
    unsafe steps = .allocate(capacity: max(count, 1))
    unsafe steps.initialize(from: plan.steps, count: count)
    let texts = plan.arena + plan.suffix + [UInt8](repeating: 0, count: Self.slack)
    suffix = plan.arena.count..<plan.arena.count + plan.suffix.count
    unsafe arena = .allocate(capacity: texts.count)
    unsafe arena.initialize(from: texts, count: texts.count)
    unsafe base = .allocate(capacity: capacity + Self.slack)
  }

  deinit {
    unsafe steps.deinitialize(count: count)
    unsafe steps.deallocate()
    unsafe arena.deallocate()
    unsafe base.deallocate()
  }

  /// Hands the lines that were written to `body` and forgets them.
  mutating func drain(
    _ body: (_ lines: UnsafeRawBufferPointer, _ records: Int) throws(Failure) -> Void
  ) throws(Failure) {
    guard used > 0 else { return }
    unsafe try body(UnsafeRawBufferPointer(start: base, count: used), records)
    used = 0
    records = 0
  }

  /// Encodes rows from the reader's buffer until there is a reason to stop.
  mutating func encode(_ reader: inout CSVReader, rowLimit: Int) throws(Failure) -> Stop {
    unsafe reader.scanner.end = reader.buffer.end
    reader.scanner.isLast = reader.buffer.isLast
    let end = unsafe reader.buffer.end
    var p = unsafe reader.buffer.position
    defer { unsafe reader.buffer.consume(to: p) }
    while unsafe p < end {
      if unsafe p.pointee == 0x0A || p.pointee == 0x0D {
        guard let next = unsafe blankLine(p, end, isLast: reader.buffer.isLast) else { break }
        unsafe p = unsafe next
        reader.line += 1
        continue
      }
      if used >= Self.flushAt { return .output }
      if rows >= rowLimit { return .rows }
      guard let next = unsafe try row(&reader, p) else { break }
      unsafe p = unsafe next
    }
    return .input
  }

  private func blankLine(_ p: Position, _ end: Position, isLast: Bool) -> Position? {
    if unsafe p.pointee == 0x0A { return unsafe p + 1 }
    if unsafe p + 1 == end { return unsafe isLast ? end : nil }
    return unsafe p[1] == 0x0A ? p + 2 : p + 1
  }

  /// Encodes the row at `start`; nil if it is not whole in the buffer.
  @inline(__always)
  private mutating func row(
    _ reader: inout CSVReader,
    _ start: Position
  ) throws(Failure) -> Position? {
    var out = unsafe base + used
    var p = unsafe start
    var column = 0
    var isAdmitted = true
    reader.scanner.innerLines = 0
    if !surplus.isEmpty { surplus.removeAll(keepingCapacity: true) }
    while true {
      let cell = unsafe reader.scanner.cell(at: p)
      if cell.stop.rawValue >= CellScanner.Stop.incomplete.rawValue {
        if let failure = unsafe fault(cell, p, start, reader) { throw failure }
        return nil
      }
      if column >= count {
        guard collect(cell) else { throw unsafe reader.notUTF8(p, start, "a surplus cell") }
      } else if unsafe !steps[column].isSkipped {
        let step = unsafe steps + column
        unsafe out = unsafe copy(step.pointee.prefix, StringText.room(cell.start, cell.end), out)
        let value = unsafe out
        let isText = unsafe step.pointee.kind == .string
        let isNull = nulls.contains(cell, isText: isText)
        guard let after = unsafe isNull ? Self.null(out) : Self.write(cell, step, out) else {
          throw unsafe misfit(cell, column, p, start, reader)
        }
        unsafe out = unsafe after
        if unsafe step.pointee.isCursor { isAdmitted = unsafe admits(value, out) }
      }
      column += 1
      unsafe p = unsafe cell.next
      if cell.stop == .row { break }
    }
    if column != count {
      guard raggedness != .error, column < count || raggedness.column != nil else {
        throw unsafe reader.ragged(column, count, start)
      }
      while column < count {
        let step = unsafe steps + column
        column += 1
        if unsafe step.pointee.isSkipped { continue }
        unsafe out = unsafe Self.null(copy(step.pointee.prefix, 8, out))
        if unsafe step.pointee.isCursor { isAdmitted = cursor?.admitsNone() ?? true }
      }
    }
    unsafe out = unsafe finish(out)
    rows += 1
    reader.line += 1 + reader.scanner.innerLines
    if isAdmitted {
      used = unsafe out - base
      records += 1
    }
    return unsafe p
  }

  /// Writes a text of the arena, and makes room for `more` bytes after it.
  @inline(__always)
  private mutating func copy(_ range: Range<Int>, _ more: Int, _ out: Output) -> Output {
    let size = range.upperBound &- range.lowerBound
    let place = unsafe reserve(size &+ more &+ Self.slack, out)
    let from = unsafe UnsafeRawPointer(arena + range.lowerBound)
    let to = UnsafeMutableRawPointer(place)
    // Most keys are this short, and a call would take longer.
    unsafe to.storeBytes(of: from.loadUnaligned(as: SIMD32<UInt8>.self), as: SIMD32<UInt8>.self)
    if size > 32 { unsafe (to + 32).copyMemory(from: from + 32, byteCount: size &- 32) }
    return unsafe place + size
  }

  /// The place of `out` in an output with room for `more` bytes.
  @inline(__always)
  private mutating func reserve(_ more: Int, _ out: Output) -> Output {
    if unsafe out - base &+ more <= capacity { return unsafe out }
    return unsafe grow(more, out)
  }

  @inline(never)
  private mutating func grow(_ more: Int, _ out: Output) -> Output {
    let filled = unsafe out - base
    capacity = max(capacity * 2, filled + more)
    let grown = Output.allocate(capacity: capacity + Self.slack)
    unsafe grown.update(from: base, count: filled)
    unsafe base.deallocate()
    unsafe base = unsafe grown
    return unsafe grown + filled
  }

  /// Writes a cell's value; nil if it is none of the column's kind.
  ///
  /// Static, as what borrows the encoder while it is being changed gets a copy of it.
  @inline(__always)
  private static func write(
    _ cell: CellScanner.Cell,
    _ step: UnsafeMutablePointer<RecordPlan.Step>,
    _ out: Output
  ) -> Output? {
    let start = unsafe cell.start
    let end = unsafe cell.end
    let isTold = unsafe step.pointee.isTold
    switch unsafe step.pointee.kind {
    case .string: return unsafe StringText.write(start, end, out)
    case .integer:
      if let after = unsafe NumberText.integer(start, end, out) { return unsafe after }
      return unsafe isTold ? NumberText.told(start, end, out, isInteger: true) : nil
    case .number:
      if let after = unsafe NumberText.number(start, end, out) { return unsafe after }
      return unsafe isTold ? NumberText.told(start, end, out, isInteger: false) : nil
    case .boolean: return unsafe BooleanText.write(start, end, out, isTold: isTold)
    case .date: return unsafe TimeText.date(start, end, out)
    case .dateTime(let isLocal):
      return unsafe TimeText.dateTime(start, end, out, isLocal: isLocal)
    case .decimal(let precision, let scale):
      return unsafe NumberText.decimal(start, end, out, precision: precision, scale: scale)
    }
  }

  @inline(__always)
  private static func null(_ out: Output) -> Output {
    unsafe Word.store(0x6C6C_756E, out)
    return unsafe out + 4
  }

  private mutating func admits(_ start: Position, _ end: Output) -> Bool {
    unsafe cursor?.admits(start, Position(end)) ?? true
  }

  private mutating func admits(_ start: Output, _ end: Output) -> Bool {
    unsafe admits(Position(start), end)
  }

  /// Writes what ends the record.
  @inline(__always)
  private mutating func finish(_ out: Output) -> Output {
    if surplus.isEmpty { return unsafe copy(suffix, 0, out) }
    var out = unsafe append(plan.collector ?? [], out)
    unsafe out = unsafe append(surplus, out)
    return unsafe append(Array("]}}\n".utf8), out)
  }

  private mutating func append(_ bytes: [UInt8], _ out: Output) -> Output {
    let place = unsafe reserve(bytes.count &+ Self.slack, out)
    unsafe bytes.withUnsafeBufferPointer { source in
      guard let start = source.baseAddress else { return }
      unsafe place.update(from: start, count: source.count)
    }
    return unsafe place + bytes.count
  }

  /// Keeps a cell that is beyond the last column; false if it is not UTF-8.
  @inline(never)
  private mutating func collect(_ cell: CellScanner.Cell) -> Bool {
    guard plan.collector != nil else { return true }
    surplus.append(surplus.isEmpty ? 0x5B : 0x2C)
    let room = unsafe StringText.room(cell.start, cell.end) + Self.slack
    let scratch = Output.allocate(capacity: room)
    defer { unsafe scratch.deallocate() }
    guard let end = unsafe StringText.write(cell.start, cell.end, scratch) else { return false }
    unsafe surplus.append(contentsOf: UnsafeBufferPointer(start: scratch, count: end - scratch))
    return true
  }
}
