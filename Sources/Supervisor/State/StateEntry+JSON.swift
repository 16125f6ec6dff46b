package import JSON

extension StateEntry {
  /// The form of state files: what the file store keeps and `dativo state export` writes.
  package func json(pipeline: String) -> JSONValue {
    var object: JSONObject = ["format": 1, "pipeline": .string(pipeline)]
    for member in members { object[member.key] = member.value }
    object["history"] = .array(history.map { .object($0.members) })
    return .object(object)
  }

  /// The members of this entry alone.
  package var members: JSONObject {
    var object: JSONObject = [
      "state": state ?? .null, "version": .number(JSONNumber(version)),
      "sequence": .number(JSONNumber(sequence)), "epoch": .number(JSONNumber(epoch)),
      "source": source.map { .string($0) } ?? .null, "updated": .string(updated),
    ]
    if let cause {
      object["who"] = .string(cause.who)
      object["why"] = .string(cause.why)
      object["run"] = cause.run.map { .string($0) }
    }
    return object
  }

  /// Reads what `json` wrote, or throws what is wrong with it.
  package init(_ value: JSONValue) throws(Malformed) {
    guard value["format"]?.number?.int64 == 1 else { throw Malformed(reason: "no \"format\": 1") }
    try self.init(members: value)
    for former in value["history"]?.array ?? [] {
      history.append(try StateEntry(members: former))
    }
  }

  private init(members value: JSONValue) throws(Malformed) {
    guard let sequence = value["sequence"]?.number?.int64 else {
      throw Malformed(reason: "no \"sequence\"")
    }
    guard let state = value["state"] else { throw Malformed(reason: "no \"state\"") }
    self.init(
      // Not a bare nil, which would be the JSON value null.
      state: state.isNull ? JSONValue?.none : state,
      sequence: Int(sequence),
      epoch: Int(value["epoch"]?.number?.int64 ?? 0),
      source: value["source"]?.string,
      updated: value["updated"]?.string ?? ""
    )
    version = Int(value["version"]?.number?.int64 ?? 1)
    if let who = value["who"]?.string, let why = value["why"]?.string {
      cause = StateCause(who: who, why: why, run: value["run"]?.string)
    }
  }

  /// A file that holds something else.
  package struct Malformed: Error {
    package let reason: String
  }
}
