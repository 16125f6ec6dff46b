internal import JSON
internal import Posix
package import Wire

/// The parts that a job has been run in, kept beside its runs.
struct PartList {
  private(set) var names: [String] = []
  /// What they are made of; nil where that was not noted.
  private(set) var division: Division?
  /// The time that parts are of, where they are windows.
  private(set) var windows: [String: TimeWindow] = [:]

  private static func path(_ job: Job) -> String {
    "\(Home.folder(job))/parts/\(job.tenant)/\(job.name).json"
  }

  /// Those of the job, in the order of their names.
  init(of job: Job) {
    guard let bytes = try? Files.read(Self.path(job)), let value = try? JSONValue.parse(bytes)
    else { return }
    names = (value["streams"]?.array ?? []).compactMap(\.string)
    division = Division(value)
    for member in value["windows"]?.object?.members ?? [] {
      windows[member.key] = TimeWindow(member.value)
    }
  }

  var parts: [Job.Part] { names.map { Job.Part(stream: $0, catalog: nil) } }

  /// Adds those of a run that begins; of another division nothing is left, or the run is refused.
  static func add(_ parts: [Job.Part], to job: Job) throws(Failure) {
    var list = PartList(of: job)
    let division = Division(job)
    if let former = list.division, !division.continues(former) {
      list.names = []
      list.windows = [:]
    }
    list.names = Set(list.names + parts.map(\.stream)).sorted()
    list.division = division
    for partition in job.partitions { list.windows[partition.name] = partition.window }
    try list.write(job)
  }

  /// Takes a part off that has nothing any more.
  static func remove(_ name: String, of job: Job) throws(Failure) {
    var list = PartList(of: job)
    list.names.removeAll { $0 == name }
    list.windows[name] = nil
    try list.write(job)
  }

  private func write(_ job: Job) throws(Failure) {
    let path = Self.path(job)
    do throws(PosixError) {
      try Files.makeFolder(Files.folder(of: path))
      try Files.replace(path, Array((json.encoded(pretty: true) + "\n").utf8))
    } catch {
      throw Failure(.io, "the list of the job's parts cannot be written: \(error)")
    }
  }

  /// Begins it anew, for a job that has no parts any more.
  func forget(_ job: Job) {
    if !names.isEmpty { Files.remove(Self.path(job)) }
  }

  private var json: JSONValue {
    var object: JSONObject = ["format": 1, "streams": .array(names.map { .string($0) })]
    for (key, value) in division?.json ?? JSONObject() { object[key] = value }
    if !windows.isEmpty {
      let sorted = windows.sorted { $0.key < $1.key }
      object["windows"] = .object(JSONObject(sorted.map { (key: $0.key, value: $0.value.json) }))
    }
    return .object(object)
  }
}

extension Job {
  /// The job, or of one that runs in parts each part that it has been run in.
  package var each: [Job] {
    isDivided ? PartList(of: self).parts.map(divided) : [self]
  }

  /// The job that a verb about one state means: of one that runs in parts the part of `stream`.
  package func one(part stream: String?) throws(Failure) -> Job {
    if !isDivided, let stream {
      throw undivided(stream)
    }
    guard isDivided else { return self }
    let known = PartList(of: self).names
    guard let stream else {
      throw Failure(
        .usage,
        "\(tenant).\(name) runs in parts, each with a state of its own",
        hint: known.isEmpty
          ? "It has not been run yet." : "Add --part STREAM: \(known.joined(separator: ", "))."
      )
    }
    guard known.contains(stream) else {
      throw unknown(part: stream, among: known)
    }
    return divided(Part(stream: stream, catalog: nil))
  }

  /// Reads a job file for a verb about one state.
  package static func load(
    _ path: String,
    part: String?
  ) throws -> (job: Job, warnings: [Finding]) {
    let (job, warnings) = try load(path)
    return (try job.one(part: part), warnings)
  }
}
