package import JSON

/// The STATE in what Meltano keeps of a pipeline: a file of its state backends, what
/// `meltano state get` prints, or rows of the table `state` of its system database.
package struct MeltanoState: Sendable {
  /// The STATE to take.
  package let state: JSONValue
  /// The streams of an interrupted run whose state did not replace that of a complete one.
  package let ignored: [String]

  /// Why there is none, with what to do.
  package struct Problem: Error, Hashable {
    package let message: String
    package let hint: String?
  }

  /// `id` chooses among several rows; with `takesPartial` the state of an interrupted run replaces
  /// that of a complete one.
  package init(
    _ value: JSONValue,
    id: String? = nil,
    takesPartial: Bool = false
  ) throws(Problem) {
    let record = try Self.record(value, id)
    let complete = Self.singer(record["completed"] ?? record["completed_state"])
    let partial = Self.singer(record["partial"] ?? record["partial_state"])
    guard let base = Self.singer(record) ?? complete ?? partial else {
      throw Problem(
        message: "it has no state of Meltano: no \"singer_state\", \"completed\" or \"partial\"",
        hint: "`dativo state set` takes the state itself."
      )
    }
    guard let complete, let partial else {
      state = base
      ignored = []
      return
    }
    do throws(StateEdit.Unlike) {
      state =
        try takesPartial
        ? StateEdit.merging(partial, into: complete) : StateEdit.merging(complete, into: partial)
    } catch {
      throw Problem(
        message: "its complete and its partial state are of different kinds",
        hint: "Cut out the one that is meant, and give it to `dativo state set`."
      )
    }
    let news = Set(StateEdit.streams(partial)).intersection(StateEdit.streams(complete))
    ignored = takesPartial ? [] : news.sorted()
  }

  /// The one row meant.
  private static func record(_ value: JSONValue, _ id: String?) throws(Problem) -> JSONValue {
    guard let rows = value.array else { return value }
    let named = rows.filter { id == nil || $0["state_id"]?.string == id }
    if named.count == 1 { return named[0] }
    let ids = rows.compactMap { $0["state_id"]?.string }
    throw Problem(
      message: named.isEmpty
        ? "it has no state\(id.map { " \"\($0)\"" } ?? "")" : "it has \(named.count) states",
      hint: ids.isEmpty ? nil : "--state-id names one of \(ids.joined(separator: ", "))."
    )
  }

  /// The STATE in a payload, which a database exports as text.
  private static func singer(_ payload: JSONValue?) -> JSONValue? {
    var payload = payload
    if let text = payload?.string { payload = try? JSONValue.parse(text) }
    guard let state = payload?["singer_state"], !StateEdit.isEmpty(state) else { return nil }
    return state
  }
}
