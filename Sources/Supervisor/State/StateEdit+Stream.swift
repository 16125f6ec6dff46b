internal import JSON
internal import Wire

extension StateEdit {
  /// The STATE without one stream; throws where it has nothing for it.
  static func without(
    _ stream: String,
    in state: JSONValue?,
    of job: Job
  ) throws(Failure) -> JSONValue {
    if let state, let edited = removing(stream, from: state) { return edited }
    let known = state.map(streams) ?? []
    throw Failure(
      .usage,
      "the state of \(job.tenant).\(job.name) has nothing for a stream \"\(stream)\"",
      hint: known.isEmpty
        ? "It names no streams: reset all of it." : "It has \(known.joined(separator: ", "))."
    )
  }
}
