internal import Glibc
package import JSON
internal import Posix
package import Wire

/// What a job has set aside for good, and which attempt is not settled yet.
///
/// One file per job, replaced whole. An attempt is noted before it begins and settled when it is
/// known how far it was committed: by whoever holds the job's lock next, if this process was killed.
/// What the attempt quarantined after that is void, since it comes again.
package struct QuarantineLedger: Sendable {
  /// An attempt, or a replay, whose end has not been noted.
  package struct Pending: Sendable {
    /// The run as commits name it.
    package var run: String
    /// The name on the lines of the quarantine file.
    package var name: String
    package var file: String
    /// Where the attempt's lines begin in the file.
    package var start: Int
    /// The epoch of the destination before it began.
    package var epoch: Int
    package var began: String
    /// The STATE before it, for a target that keeps none.
    package var state: JSONValue?
    /// For a replay, the records that were sent: by the name of their run, their lines.
    package var sent: [String: [ClosedRange<Int>]]?

    package init(
      run: String,
      name: String,
      file: String,
      start: Int,
      epoch: Int,
      began: String,
      state: JSONValue? = nil,
      sent: [String: [ClosedRange<Int>]]? = nil
    ) {
      self.run = run
      self.name = name
      self.file = file
      self.start = start
      self.epoch = epoch
      self.began = began
      self.state = state
      self.sent = sent
    }
  }

  /// How far an attempt was committed.
  package enum Reach: Sendable {
    case nothing
    /// Up to so many of the STATEs that passed.
    case states(Int)
    /// Up to the last STATE with this value; up to the end where there is none.
    case value(JSONValue)
    case everything
  }

  package let path: String
  package private(set) var parts: [QuarantinePart] = []
  package private(set) var pending: Pending?
  /// A replay was committed, and its target has not ended well: the rows may still be invisible.
  package private(set) var awaitsTarget = false
  /// The folder of files that are the job's own; another is the user's, and only added to.
  private let folder: String

  package init(_ job: Job) throws(Failure) {
    let root = "\(Home.folder(job))/quarantine/\(job.tenant)/\(job.name)"
    folder = root
    path = "\(root).ledger.json"
    let bytes: [UInt8]
    do throws(PosixError) {
      bytes = try Files.read(path)
    } catch {
      if error.code == ENOENT { return }
      throw Failure(.io, "the ledger of the quarantine cannot be read: \(error)")
    }
    guard let value = try? JSONValue.parse(bytes), value["format"]?.number?.int64 == 1 else {
      throw Failure(
        .configuration,
        "\(path): not a ledger of a quarantine",
        hint: "Put a copy in its place; without it no record that was set aside is known to wait."
      )
    }
    parts = (value["parts"]?.array ?? []).compactMap(QuarantinePart.init)
    pending = value["pending"].flatMap(Pending.init)
    awaitsTarget = value["awaits_target"]?.bool ?? false
  }

  /// Notes an attempt that is about to begin.
  package mutating func begin(_ attempt: Pending) throws(Failure) {
    pending = attempt
    try save()
  }

  /// Notes how far the pending attempt was committed; returns how many records it set aside.
  @discardableResult
  package mutating func settle(_ reach: Reach, isAtEnd: Bool = true) throws(Failure) -> Int {
    guard let attempt = pending else { return 0 }
    let (end, count) = try Self.measure(attempt, reach)
    let isCommitted = if case .nothing = reach { false } else { true }
    if count > 0 {
      parts.append(
        QuarantinePart(
          run: attempt.name,
          file: attempt.file,
          range: attempt.start..<end,
          records: count,
          began: attempt.began
        )
      )
    }
    if let sent = attempt.sent, isCommitted {
      for index in parts.indices {
        parts[index].mark((sent[parts[index].run] ?? []).lazy.flatMap { $0 })
      }
      awaitsTarget = !isAtEnd
    }
    pending = nil
    try save()
    // Nothing of what is void stays in a file of our own, so that any reader may take it whole.
    guard attempt.file.hasPrefix("\(folder)/") else { return count }
    if count == 0, attempt.start == 0 {
      Files.remove(attempt.file)
    } else if end < Files.size(attempt.file) {
      // SAFETY: the name is lent for the call.
      unsafe _ = truncate(attempt.file, off_t(end))
    }
    return count
  }

  /// The rows of replays are visible.
  package mutating func finish() throws(Failure) {
    guard awaitsTarget else { return }
    awaitsTarget = false
    try save()
  }

  /// Everything, or a stream, is loaded anew: what waits of it comes again.
  package mutating func supersede(_ stream: String) throws(Failure) {
    guard parts.contains(where: { !$0.superseded.contains(stream) }) else { return }
    for index in parts.indices { parts[index].superseded.insert(stream) }
    try save()
  }

  /// Where the committed part of an attempt's lines ends, and how many records it has.
  private static func measure(
    _ attempt: Pending,
    _ reach: Reach
  ) throws(Failure) -> (end: Int, count: Int) {
    let size = Files.size(attempt.file)
    guard size > attempt.start else { return (attempt.start, 0) }
    if case .nothing = reach { return (attempt.start, 0) }
    var (total, last) = (0, attempt.start)
    var (end, count) = (attempt.start, 0)
    var hasValue = false
    try QuarantineLine.read(attempt.file, attempt.start..<size) { line, next in
      last = next
      if line.isRecord { total += 1 }
      guard line.message.kind == .state else { return }
      let isCovered: Bool
      switch reach {
      case .states(let states): isCovered = line.value("states")?.number?.int64 ?? 0 <= states
      case .value(let value):
        isCovered = line.value("value") == value
        hasValue = hasValue || isCovered
      case .nothing, .everything: isCovered = false
      }
      if isCovered { (end, count) = (next, total) }
    }
    switch reach {
    case .everything: return (last, total)
    // A STATE that the file does not have came after those that it has, or so it must be taken:
    // rather a record twice than none.
    case .value where !hasValue: return (last, total)
    default: return (end, count)
    }
  }

  private func save() throws(Failure) {
    var object: JSONObject = ["format": 1, "parts": .array(parts.map(\.json))]
    if let pending { object["pending"] = pending.json }
    if awaitsTarget { object["awaits_target"] = true }
    do throws(PosixError) {
      try Files.makeFolder(Files.folder(of: path))
      let text = JSONValue.object(object).encoded() + "\n"
      try Files.replace(path, Array(text.utf8), mode: 0o600)
    } catch {
      throw Failure(.io, "the ledger of the quarantine cannot be written: \(error)")
    }
  }
}

extension QuarantineLedger.Pending {
  var json: JSONValue {
    var object: JSONObject = [
      "run": .string(run), "name": .string(name), "file": .string(file),
      "start": .number(JSONNumber(start)), "epoch": .number(JSONNumber(epoch)),
      "began": .string(began),
    ]
    if let state { object["state"] = state }
    if let sent {
      object["sent"] = .object(
        JSONObject(
          sent.sorted { $0.key < $1.key }.map { run, ranges in
            (
              key: run,
              value: .array(ranges.map { QuarantinePart.pair($0.lowerBound, $0.upperBound) })
            )
          }
        )
      )
    }
    return .object(object)
  }

  init?(_ value: JSONValue) {
    guard let run = value["run"]?.string, let name = value["name"]?.string,
      let file = value["file"]?.string, let start = value["start"]?.number?.int64,
      let epoch = value["epoch"]?.number?.int64
    else { return nil }
    self.init(
      run: run,
      name: name,
      file: file,
      start: Int(start),
      epoch: Int(epoch),
      began: value["began"]?.string ?? "",
      state: value["state"]
    )
    guard let members = value["sent"]?.object else { return }
    var sent: [String: [ClosedRange<Int>]] = [:]
    for member in members {
      sent[member.key] = (member.value.array ?? []).compactMap { QuarantinePart.pair($0) }
    }
    self.sent = sent
  }
}
