internal import Contracts
internal import JSON

/// What became of one thing of an imported project, with its place there.
package struct ImportNote: Sendable {
  /// Whether a thing came over, in which form it stood, or that it was left.
  package enum Status: String, CaseIterable, Sendable {
    case carried, deprecated
    case left = "not_carried"

    /// The word for people.
    package var title: String {
      switch self {
      case .carried: "carried"
      case .deprecated: "deprecated"
      case .left: "not carried"
      }
    }
  }

  package let status: Status
  package let file: String
  package let line: Int
  package let column: Int
  package let message: String
  package let hint: String?

  /// One line as compilers write it, then what to do, indented.
  package var text: String {
    let first = "\(file):\(line):\(column): \(status.title): \(message)"
    return hint.map { "\(first)\n  -> \($0)" } ?? first
  }

  var json: JSONValue {
    [
      "status": .string(status.rawValue), "file": .string(file),
      "line": .number(JSONNumber(line)), "column": .number(JSONNumber(column)),
      "message": .string(message), "hint": hint.map { .string($0) } ?? .null,
    ]
  }
}

/// The notes of an import, in the order in which things were met; each place and text once.
struct ImportNotes {
  private(set) var list: [ImportNote] = []
  private var seen: Set<String> = []

  mutating func carried(_ place: Marked, _ message: String, hint: String? = nil) {
    add(.carried, place, message, hint)
  }

  mutating func deprecated(_ place: Marked, _ message: String, hint: String? = nil) {
    add(.deprecated, place, message, hint)
  }

  mutating func left(_ place: Marked, _ message: String, hint: String? = nil) {
    add(.left, place, message, hint)
  }

  /// Adds those of a part; what was carried of a part that is left on the whole is not told.
  mutating func add(_ other: ImportNotes, carries: Bool) {
    for note in other.list where carries || note.status != .carried { add(note) }
  }

  private mutating func add(
    _ status: ImportNote.Status,
    _ place: Marked,
    _ message: String,
    _ hint: String?
  ) {
    add(
      ImportNote(
        status: status,
        file: place.file,
        line: place.mark.line,
        column: place.mark.column,
        message: message,
        hint: hint
      )
    )
  }

  private mutating func add(_ note: ImportNote) {
    guard seen.insert(note.text).inserted else { return }
    list.append(note)
  }
}
