package import Contracts
package import JSON
package import Wire

/// Something that is wrong with a file, with its place and with what to write instead.
package struct Finding: Hashable, Sendable {
  package enum Severity: String, Sendable { case error, warning }

  package var severity: Severity
  package var message: String
  package var hint: String?
  package var file: String?
  package var line: Int?
  package var column: Int?

  package init(
    _ severity: Severity = .error,
    _ message: String,
    hint: String? = nil,
    file: String? = nil,
    line: Int? = nil,
    column: Int? = nil
  ) {
    self.severity = severity
    self.message = message
    self.hint = hint
    self.file = file
    self.line = line
    self.column = column
  }

  /// A finding at a mark of `file`.
  package init(
    _ severity: Severity = .error,
    _ file: String,
    _ mark: YAMLNode.Mark,
    _ message: String,
    hint: String? = nil
  ) {
    self.init(
      severity,
      message,
      hint: hint,
      file: file,
      line: mark.line,
      column: mark.column
    )
  }

  /// A failure without a place.
  package init(_ failure: Failure) {
    self.init(.error, failure.message, hint: failure.hint)
  }

  /// `file:line:column`, as far as it is known; empty without a file.
  package var place: String {
    guard let file else { return "" }
    return ([file] + [line, column].compactMap { $0.map { "\($0)" } }).joined(separator: ":")
  }

  /// One line as compilers write it, then the hint, indented.
  package var text: String {
    let first = "\(place.isEmpty ? "" : place + ": ")\(severity.rawValue): \(message)"
    return hint.map { "\(first)\n  -> \($0)" } ?? first
  }

  /// The finding as JSON, secrets hidden.
  package var json: JSONValue {
    let redactor = Redactor.known
    return [
      "message": .string(redactor.applied(to: message)),
      "hint": hint.map { .string(redactor.applied(to: $0)) } ?? .null,
      "file": file.map { .string($0) } ?? .null,
      "line": line.map { .number(JSONNumber($0)) } ?? .null,
      "column": column.map { .number(JSONNumber($0)) } ?? .null,
    ]
  }
}

/// All that is wrong, at once.
package struct Findings: Error, Hashable, Sendable {
  package var list: [Finding]

  package init(_ list: [Finding]) { self.list = list }

  package var errors: [Finding] { list.filter { $0.severity == .error } }
  package var warnings: [Finding] { list.filter { $0.severity == .warning } }

  /// As one failure, for where only one can be told: every finding on lines of its own.
  package var failure: Failure {
    let errors = errors
    guard errors.count > 1 else {
      let only = errors.first ?? Finding(.error, "the configuration is wrong")
      let place = only.place.isEmpty ? "" : only.place + ": "
      return Failure(.configuration, place + only.message, hint: only.hint)
    }
    return Failure(.configuration, errors.map(\.text).joined(separator: "\n"))
  }
}

extension [Finding] {
  /// By file, then by place.
  package var sortedByPlace: [Finding] {
    sorted {
      ($0.file ?? "", $0.line ?? 0, $0.column ?? 0) < ($1.file ?? "", $1.line ?? 0, $1.column ?? 0)
    }
  }
}
