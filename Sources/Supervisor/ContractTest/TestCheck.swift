package import JSON

/// One rule of a contract at one place, and what came of holding data to it.
package struct TestCheck: Sendable {
  package enum Status: String, Sendable, CaseIterable {
    case passed, warning, failed
    /// It was not judged, and `message` says why.
    case skipped
  }

  /// The contract's object; empty for what concerns the data as such.
  package var object: String
  package var rule: String
  /// What tells the rule from others of its kind at the same place; nil where nothing has to.
  package var title: String?
  /// The JSON pointer of the field, with `*` for every element; empty for the record itself.
  package var pointer: String
  package var status = Status.passed
  /// How many values or records broke it.
  package var count = 0
  /// Where it was first broken.
  package var data: String?
  package var line: Int?
  package var isLine = true
  package var message = ""

  /// The rule with what tells it from others.
  package var ruleText: String { title.map { "\(rule) (\($0))" } ?? rule }

  /// The field as people write it.
  package var field: String {
    pointer.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
      .joined(separator: ".")
  }

  /// `line 2`, or `row 2` of what has no lines; empty where it is not known.
  package var place: String { line.map { "\(isLine ? "line" : "row") \($0)" } ?? "" }

  package var json: JSONValue {
    [
      "object": .string(object), "rule": .string(rule),
      "name": title.map { .string($0) } ?? .null, "pointer": .string(pointer),
      "field": .string(field), "status": .string(status.rawValue),
      "count": .number(JSONNumber(count)), "data": data.map { .string($0) } ?? .null,
      "line": isLine ? line.map { .number(JSONNumber($0)) } ?? .null : .null,
      "row": isLine ? .null : line.map { .number(JSONNumber($0)) } ?? .null,
      "message": .string(message),
    ]
  }

  /// Notes violations; the first place and its message stay.
  mutating func add(
    count: Int,
    isWarning: Bool,
    at place: LineOrigins.Place?,
    _ message: String
  ) {
    let isFirst = self.count == 0
    self.count += count
    if !isWarning { status = .failed } else if status != .failed { status = .warning }
    // Lines of different data have no order: the first that was told stays.
    let isEarlier = place?.path == data && (place?.number ?? .max) < (line ?? .max)
    guard isFirst || isEarlier else { return }
    self.message = message
    data = place?.path
    line = place?.number
    isLine = place?.isLine ?? true
  }
}
