internal import JSON
internal import Wire

/// Whose a stored STATE is: that of a job, or of one part of a job, which may have the same name.
///
/// The part `eu` of `p1` and a job that is called `p1.eu` are both `TENANT.p1.eu`.
struct StateOwner {
  let pipeline: String
  /// The stream or partition of a part; nil for a job as a whole.
  let part: String?

  /// What the store writes, with its owner in it.
  func json(_ entry: StateEntry) -> JSONValue {
    var object = entry.json(pipeline: pipeline).object ?? JSONObject()
    object["part"] = part.map { .string($0) } ?? .null
    return .object(object)
  }

  /// Throws where it is the other's; what does not say whose it is passes.
  func check(_ value: JSONValue) throws(Failure) {
    guard let noted = value["part"], noted.string != part else { return }
    let other = noted.string.map { "the part \($0) of another job" } ?? "a job of that name"
    let own = part.map { "the part \($0)" } ?? "the job"
    throw Failure(
      .configuration,
      "the state of \(pipeline) is that of \(other): \(own) may not go on from it",
      hint: "Give one of the two another name."
    )
  }
}
