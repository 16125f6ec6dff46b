import ConnectorKit
import JSON
import JSONSchema
import Wire

// SAFETY, for the whole file: positions lie inside the line that is being read.

extension Filter {
  /// A failure at the line being read.
  func violation(_ what: String, hint: String? = nil) -> Failure {
    Failure(.data, "line \(lineNumber): \(what)", hint: hint)
  }

  /// A line that is no message: the end, or a line of somebody's log.
  mutating func noMessage(
    _ problem: Message.Problem,
    _ start: Position,
    _ end: Position
  ) throws(Failure) -> Decision {
    if endsWithoutNewline, case .notJSON(let fault) = problem, unsafe isLast(end),
      fault.reason == .unexpectedEnd || fault.remaining == 0
    {
      // A tap that was asked to end once there was enough.
      if isFull { return .drop }
      throw violation(
        "the input ends in the middle of a line",
        hint: "The stage before this one was killed or failed; run it again."
      )
    }
    let reason =
      switch problem {
      case .notJSON(let fault): "not JSON (\(fault.reason.rawValue))"
      case .notAnObject: "no JSON object"
      case .noType: "a message without a type"
      }
    // A line that is not read may hold anything.
    let excerpt =
      contracts.isMasking
      ? "(withheld, since fields are masked)" : unsafe Self.excerpt(start, end)
    if settings.isLenient {
      Log.info(contracts.isMasking ? "line \(lineNumber) is \(reason) \(excerpt)" : excerpt)
      relayed["not JSON", default: 0] += 1
      return .drop
    }
    return unsafe try refuse(start, end, "malformed", "\(reason): \(excerpt)")
  }

  private func isLast(_ end: Position) -> Bool { unsafe end[-1] != 0x0A }

  /// A line that cannot pass in any mode: strict ends, the others set it aside.
  mutating func refuse(
    _ start: Position,
    _ end: Position,
    _ rule: String,
    _ what: String
  ) throws(Failure) -> Decision {
    let key = StreamCheck.RuleKey(rule: rule, code: nil, pointer: "", severity: .error)
    var tally = unassigned[key] ?? StreamCheck.Tally(firstLine: lineNumber, example: what)
    tally.count += 1
    unassigned[key] = tally
    malformed += 1
    guard settings.mode != .strict else {
      let hint =
        rule == "malformed"
        ? "Does the tap print its log to standard output? --lenient relays such lines to stderr; "
          + "in a job, lenient: true under source."
        : rule == "schema" ? "A SCHEMA message of the stream must come first." : nil
      throw violation(what, hint: hint)
    }
    try checkLimit()
    let finding = Finding(rule, at: "", expected: what)
    var last = unsafe end
    while unsafe last > start, unsafe last[-1] == 0x0A || last[-1] == 0x0D { unsafe last -= 1 }
    if quarantine == nil { Log.warning("line \(lineNumber): \(what)") }
    let text = unsafe UnsafeRawBufferPointer(start: start, count: last - start)
    // A line that cannot be read may hold anything: nothing of it is kept where fields are masked.
    unsafe try quarantine?.add(line: lineNumber, contracts.isMasking ? nil : text, [finding])
    return .drop
  }

  /// Throws once there are more violating records than allowed.
  mutating func checkLimit() throws(Failure) {
    guard case .count(let limit)? = settings.limit else { return }
    let total = violating
    if total > limit {
      throw violation(
        "more than \(limit) violating records",
        hint: "--max-violations is the limit; the report names the rules."
      )
    }
  }

  /// The violating records and lines so far.
  var violating: Int { streams.reduce(malformed) { $0 + $1.violating } }

  private static func excerpt(_ start: Position, _ end: Position) -> String {
    unsafe Excerpt.of(UnsafeBufferPointer(start: start, count: end - start))
  }
}
