internal import JSON
internal import Posix
package import Wire

/// The parts that a job has been run in, kept beside its runs.
enum PartList {
  private static func path(_ job: Job) -> String {
    "\(Home.folder(job))/parts/\(job.tenant)/\(job.name).json"
  }

  /// The streams of all parts, in the order of their names.
  static func read(_ job: Job) -> [Job.Part] {
    guard let bytes = try? Files.read(path(job)), let value = try? JSONValue.parse(bytes) else {
      return []
    }
    return (value["streams"]?.array ?? []).compactMap(\.string).map {
      Job.Part(stream: $0, catalog: nil)
    }
  }

  /// Adds those of a run that begins.
  static func add(_ parts: [Job.Part], to job: Job) throws(Failure) {
    let all = Set((read(job) + parts).map(\.stream)).sorted()
    let value: JSONValue = ["format": 1, "streams": .array(all.map { .string($0) })]
    do throws(PosixError) {
      try Files.makeFolder(Files.folder(of: path(job)))
      try Files.replace(path(job), Array((value.encoded(pretty: true) + "\n").utf8))
    } catch {
      throw Failure(.io, "the list of the job's parts cannot be written: \(error)")
    }
  }
}

extension Job {
  /// The job, or of one that runs in parts each part that it has been run in.
  package var each: [Job] {
    isDivided ? PartList.read(self).map(divided) : [self]
  }

  /// The job that a verb about one state means: of one that runs in parts the part of `stream`.
  package func one(part stream: String?) throws(Failure) -> Job {
    if !isDivided, let stream {
      throw undivided(stream)
    }
    guard isDivided else { return self }
    let known = PartList.read(self).map(\.stream)
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
