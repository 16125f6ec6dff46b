import ConnectorKit
import Contracts
import JSON
import JSONSchema
import Posix
import Wire

// SAFETY, for the whole file: positions lie inside the region of whole lines that the line reader
// lent, which stays valid until it is asked for the next.

/// Reads the stream and passes it on, but for the records that must not pass.
///
/// Lines leave as ranges of the block that they came in, as many at once as follow each other
/// untouched.
struct Filter: ~Copyable {
  typealias Position = UnsafePointer<UInt8>

  /// What becomes of a line.
  enum Decision {
    case pass
    case drop
    case replace([UInt8])
    /// It leaves only after everything before it has left for good.
    case barrier
  }

  let settings: Settings
  let contracts: ContractSet
  let catalog: StreamSchemas
  var output = BlockWriter(1)
  let quarantine: Quarantine?
  /// The key for masked hashes; nil if no field is hashed.
  let maskKey: MaskKey?
  var streams: [StreamCheck] = []
  var places: [String: Int] = [:]
  var current: StreamCheck?
  var lineNumber = 0
  /// Whether the region being read ends in a line without its line feed.
  var endsWithoutNewline = false
  /// Violations that belong to no stream, such as lines that are no messages.
  var unassigned: [StreamCheck.RuleKey: StreamCheck.Tally] = [:]
  var malformed = 0
  /// STATE lines that wait for the rules of the end.
  var held: [(line: [UInt8], isAirbyte: Bool)] = []
  let holdsStates: Bool
  /// Lines with coerced or masked values that wait to be written.
  var rewritten: [UInt8] = []
  /// The nanoseconds spent waiting for input.
  var waitedToRead: UInt64 = 0
  /// What was left out of streams with more records than may pass.
  var cut: Cut?
  /// Types of messages that are not looked into, counted.
  var relayed: [String: Int] = [:]
  /// Who may look at the lines; nil where nobody can ask.
  let peek: Peek?

  init(
    _ settings: Settings,
    _ contracts: ContractSet,
    _ catalog: StreamSchemas,
    maskKey: MaskKey? = nil
  ) throws(Failure) {
    self.settings = settings
    self.maskKey = maskKey
    self.contracts = contracts
    self.catalog = catalog
    cut = settings.recordLimit.map { Cut(limit: $0) }
    peek = settings.controlSocket.flatMap {
      // A policy counts as masking even where no field has one yet.
      Peek($0, isMasking: contracts.isMasking || settings.masking != nil)
    }
    holdsStates = settings.mode == .strict && contracts.hasBindingEndRules(settings)
    if settings.mode == .quarantine, let path = settings.quarantine {
      quarantine = try Quarantine(path, run: settings.runID, settings.secrets)
    } else {
      quarantine = nil
    }
  }

  /// Takes one region of whole lines; what may pass has left when this returns or throws.
  mutating func take(_ region: UnsafeRawBufferPointer) throws(Failure) {
    guard let start = unsafe region.bindMemory(to: UInt8.self).baseAddress else { return }
    let end = unsafe start + region.count
    var from = unsafe start
    var p = unsafe start
    if lineNumber == 0, unsafe end - p >= 3, unsafe p[0] == 0xEF, unsafe p[1] == 0xBB,
      unsafe p[2] == 0xBF
    {
      unsafe p += 3
    }
    do throws(Failure) {
      while unsafe p < end {
        if let stream = unsafe stream(matching: p, end) {
          let isUnsure =
            unsafe stream.isRewritten
            ? try rewritesUntilUnsure(stream, &from, &p, end) : stopsShort(stream, &p, end)
          if !isUnsure { continue }
        }
        let next = unsafe Self.lineEnd(p, end)
        lineNumber += 1
        switch unsafe try line(p, next) {
        case .pass: break
        case .drop:
          unsafe try write(&from, p)
          unsafe from = unsafe next
        case .replace(let bytes):
          unsafe try write(&from, p)
          try write(bytes)
          unsafe from = unsafe next
        case .barrier:
          unsafe try write(&from, p)
          unsafe try quarantine?.close(p, next)
          unsafe try write(p, next)
          try flush()
          unsafe from = unsafe next
        }
        unsafe p = unsafe next
      }
    } catch {
      unsafe try write(from, p)
      try flush()
      throw error
    }
    unsafe try write(from, end)
    try flush()
  }

  /// The stream whose learned form the line at `p` has.
  private func stream(matching p: Position, _ end: Position) -> StreamCheck? {
    // Records that are counted off are looked at one by one.
    guard cut == nil else { return nil }
    if let current, unsafe current.form.matches(p, end) { return current }
    guard streams.count <= 64 else { return nil }
    return streams.first { unsafe $0.form.matches(p, end) }
  }

  /// Goes over lines of one stream's form for as long as their records are surely fine; whether
  /// one that is not was met, which is then the next line.
  private mutating func stopsShort(
    _ stream: StreamCheck,
    _ p: inout Position,
    _ end: Position
  ) -> Bool {
    current = stream
    let start = unsafe p
    var count = 0
    let prefix = stream.form.prefix.count
    stream.pendingUnknown = 0
    // Neither is touched by others in between: held here they cost no look-up for each record.
    let form = stream.form
    guard var fast = stream.fast.take() else { return unsafe form.matches(p, end) }
    let readsCaptures = stream.readsCaptures
    var isUnsure = false
    while unsafe form.matches(p, end) {
      let after = unsafe fast.record(p + prefix, end)
      guard let after = unsafe after, let next = unsafe form.end(after: after, end),
        !readsCaptures || stream.acceptCaptured(fast)
      else {
        stream.pendingUnknown = fast.unknownVisited
        isUnsure = true
        break
      }
      unsafe p = unsafe next
      count += 1
    }
    stream.fast = consume fast
    lineNumber += count
    stream.read += count
    stream.passed += count
    stream.bytes += unsafe p - start
    stream.noteLosses(line: lineNumber)
    return isUnsure
  }

  // MARK: Output

  mutating func write(_ start: Position, _ end: Position) throws(Failure) {
    guard unsafe end > start else { return }
    let lines = unsafe UnsafeRawBufferPointer(start: start, count: end - start)
    unsafe peek?.take(.validate, lines)
    do throws(PosixError) {
      unsafe try output.write(lines)
    } catch {
      throw Failure(error)
    }
  }

  /// Writes up to `end` and begins anew there, so that a failure later on writes nothing twice.
  mutating func write(_ start: inout Position, _ end: Position) throws(Failure) {
    let first = unsafe start
    unsafe start = unsafe end
    unsafe try write(first, end)
  }

  mutating func write(_ bytes: [UInt8]) throws(Failure) {
    if let peek { unsafe bytes.withUnsafeBytes { unsafe peek.take(.validate, $0) } }
    do throws(PosixError) {
      try output.write(bytes)
    } catch {
      throw Failure(error)
    }
  }

  mutating func flush() throws(Failure) {
    do throws(PosixError) {
      try output.flush()
    } catch {
      throw Failure(error)
    }
  }

  /// Lets the held STATE lines go, in the order in which they came.
  mutating func release() throws(Failure) {
    try quarantine?.sync()
    for state in held { try write(state.line) }
    held = []
    try flush()
  }

  static func lineEnd(_ p: Position, _ end: Position) -> Position {
    guard let feed = unsafe Bytes.find(0x0A, p, end) else { return unsafe end }
    return unsafe feed + 1
  }

  static func bytes(_ start: Position, _ end: Position) -> [UInt8] {
    unsafe Array(UnsafeBufferPointer(start: start, count: end - start))
  }
}
