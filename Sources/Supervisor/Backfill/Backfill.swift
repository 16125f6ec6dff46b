package import JSON
internal import Posix
package import Wire

/// The loading of a past time, window by window, and how far it has come.
///
/// Kept in one file, replaced whole at each step, so that the same command goes on after any kill.
package struct Backfill: Sendable {
  package enum Outcome: String, Sendable {
    /// Every window is loaded.
    case success
    /// Windows are left that nobody has tried, or whose end is not known.
    case unfinished
    /// Windows have failed.
    case failed
  }

  /// What makes two commands the same backfill.
  package struct Request: Hashable, Sendable {
    package var from: Instant
    package var to: Instant
    /// The length of the windows as it was written: `1d`.
    package var length: String
    package var select: [String]

    package init(from: Instant, to: Instant, length: String, select: [String]) {
      self.from = from
      self.to = to
      self.length = length
      self.select = select
    }

    /// The name of its file: the same for the same request.
    var id: String {
      var id = "\(from.short)_\(to.short)_\(length)".filter { $0 != ":" }
      let patterns = Job.Part(stream: select.joined(separator: " "), catalog: nil).name
      if !select.isEmpty { id += "_\(patterns)" }
      return id
    }
  }

  package let id: String
  package let job: String
  package let request: Request
  package let created: String
  package var units: [BackfillUnit]
  private let path: String

  init(_ job: Job, _ request: Request, _ units: [BackfillUnit]) {
    id = request.id
    self.job = "\(job.tenant).\(job.name)"
    self.request = request
    created = Clock.timestamp
    self.units = units
    path = "\(Self.folder(job))/\(request.id).json"
  }

  static func folder(_ job: Job) -> String {
    "\(Home.folder(job))/backfills/\(job.tenant)/\(job.name)"
  }

  /// What keeps two backfills of a job from running at once.
  static func lock(_ job: Job) -> JobLock {
    JobLock("\(folder(job)).lock", job: "the backfill of \(job.pipeline)")
  }

  /// Whether one of the job's runs now.
  package static func isUnderWay(_ job: Job) -> Bool { lock(job).holder != nil }

  package func count(_ status: BackfillUnit.Status) -> Int {
    units.count { $0.status == status }
  }

  package var rows: Int { units.reduce(0) { $0 + $1.rows } }
  package var quarantined: Int { units.reduce(0) { $0 + $1.quarantined } }

  package var outcome: Outcome {
    if count(.failed) > 0 { return .failed }
    return count(.done) == units.count ? .success : .unfinished
  }

  // MARK: Its file

  /// All backfills of a job, the newest first.
  package static func all(_ job: Job) throws(Failure) -> [Backfill] {
    var found: [Backfill] = []
    for name in Paths.names(in: folder(job)) where name.hasSuffix(".json") {
      if let backfill = try read("\(folder(job))/\(name)") { found.append(backfill) }
    }
    return found.sorted { $0.created > $1.created }
  }

  /// The backfill that was begun with the same request; nil where none was.
  package static func read(_ job: Job, _ request: Request) throws(Failure) -> Backfill? {
    try read("\(folder(job))/\(request.id).json")
  }

  private static func read(_ path: String) throws(Failure) -> Backfill? {
    guard Paths.isFile(path) else { return nil }
    guard let bytes = try? Files.read(path), let value = try? JSONValue.parse(bytes),
      let backfill = Backfill(value, path)
    else {
      throw Failure(
        .configuration,
        "\(path): not what a backfill has written",
        hint: "Put a copy in its place; without it nothing says which windows are loaded."
      )
    }
    return backfill
  }

  func write() throws(Failure) {
    do throws(PosixError) {
      try Files.makeFolder(Files.folder(of: path))
      let text = json.encoded(pretty: true) + "\n"
      try Files.replace(path, Array(text.utf8), mode: 0o600)
    } catch {
      throw Failure(.io, "the windows that are done cannot be written: \(error)")
    }
  }

  package var json: JSONValue {
    let counts = BackfillUnit.Status.allCases.map {
      (key: $0.rawValue, value: JSONValue.number(JSONNumber(count($0))))
    }
    return [
      "format": 1, "id": .string(id), "job": .string(job), "created": .string(created),
      "from": .string(request.from.text), "to": .string(request.to.text),
      "length": .string(request.length), "select": .array(request.select.map { .string($0) }),
      "outcome": .string(outcome.rawValue), "counts": .object(JSONObject(counts)),
      "rows": .number(JSONNumber(rows)), "quarantined": .number(JSONNumber(quarantined)),
      "windows": .array(units.map(\.json)),
    ]
  }

  private init?(_ value: JSONValue, _ path: String) {
    guard value["format"]?.number?.int64 == 1, let id = value["id"]?.string,
      let job = value["job"]?.string, let created = value["created"]?.string,
      let from = value["from"]?.string.flatMap({ Instant($0) }),
      let to = value["to"]?.string.flatMap({ Instant($0) }),
      let length = value["length"]?.string, let windows = value["windows"]?.array
    else { return nil }
    self.id = id
    self.job = job
    self.created = created
    let select = (value["select"]?.array ?? []).compactMap(\.string)
    request = Request(from: from, to: to, length: length, select: select)
    units = windows.compactMap(BackfillUnit.init)
    guard units.count == windows.count else { return nil }
    self.path = path
  }
}
