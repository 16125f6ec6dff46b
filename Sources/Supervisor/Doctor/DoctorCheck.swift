package import JSON

/// One thing that `dativo doctor` looked at.
package struct DoctorCheck: Sendable {
  package enum Status: String, Sendable {
    case ok
    /// Something works less well, or not everything can be used.
    case warn
    case fail
  }

  package let status: Status
  package let name: String
  package let detail: String
  /// What to do; nil where there is nothing to do.
  package let hint: String?

  init(_ status: Status, _ name: String, _ detail: String, hint: String? = nil) {
    let redactor = Redactor.known
    self.status = status
    self.name = name
    self.detail = redactor.applied(to: detail)
    self.hint = hint.map { redactor.applied(to: $0) }
  }

  /// One line, and what to do below it.
  package var text: String {
    let word = status.rawValue + String(repeating: " ", count: 4 - status.rawValue.count)
    return "\(word)  \(name): \(detail)" + (hint.map { "\n      -> \($0)" } ?? "")
  }

  package var json: JSONValue {
    [
      "status": .string(status.rawValue), "name": .string(name), "detail": .string(detail),
      "hint": hint.map { .string($0) } ?? .null,
    ]
  }
}
