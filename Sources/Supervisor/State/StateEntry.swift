package import JSON
internal import Posix

/// What the store keeps for one job.
package struct StateEntry: Sendable {
  /// A STATE that stood before.
  package struct Former: Sendable {
    package var state: JSONValue?
    package var sequence: Int
    package var updated: String
  }

  /// The STATE to begin from; nil for from the start.
  package var state: JSONValue?
  /// The commit of the destination that it is based on; 0 where the destination keeps none.
  package var sequence: Int
  package var epoch: Int
  /// The fingerprint of the source that it belongs to.
  package var source: String?
  package var updated: String
  /// What stood before, the newest first.
  package var history: [Former] = []

  private static let historyLimit = 10

  package init(
    state: JSONValue? = nil,
    sequence: Int = 0,
    epoch: Int = 0,
    source: String? = nil,
    updated: String = Clock.timestamp
  ) {
    self.state = state
    self.sequence = sequence
    self.epoch = epoch
    self.source = source
    self.updated = updated
  }

  /// The entry that follows this one; an unchanged STATE leaves the history as it is.
  package func followed(by next: StateEntry) -> StateEntry {
    var next = next
    next.history = history
    if next.state != state {
      next.history.insert(Former(state: state, sequence: sequence, updated: updated), at: 0)
      next.history.removeLast(max(0, next.history.count - Self.historyLimit))
    }
    return next
  }
}

extension StateEntry {
  /// The file's form.
  func json(pipeline: String) -> JSONValue {
    var object = JSONObject()
    object["format"] = 1
    object["pipeline"] = .string(pipeline)
    object["state"] = state ?? .null
    object["sequence"] = .number(JSONNumber(sequence))
    object["epoch"] = .number(JSONNumber(epoch))
    object["source"] = source.map { .string($0) } ?? .null
    object["updated"] = .string(updated)
    object["history"] = .array(
      history.map { former in
        [
          "state": former.state ?? .null, "sequence": .number(JSONNumber(former.sequence)),
          "updated": .string(former.updated),
        ]
      }
    )
    return .object(object)
  }

  /// Reads what `json` wrote, or throws what is wrong with it.
  init(_ value: JSONValue) throws(Malformed) {
    guard value["format"]?.number?.int64 == 1 else { throw Malformed(reason: "no \"format\": 1") }
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
    history = (value["history"]?.array ?? []).map { former in
      let state = former["state"]
      return Former(
        state: state?.isNull == true ? nil : state,
        sequence: Int(former["sequence"]?.number?.int64 ?? 0),
        updated: former["updated"]?.string ?? ""
      )
    }
  }

  /// A file that holds something else.
  struct Malformed: Error { let reason: String }
}
