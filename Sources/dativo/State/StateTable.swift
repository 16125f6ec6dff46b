import JSON
import Supervisor

/// STATEs and their changes for people.
enum StateTable {
  /// One line for each value that differs.
  static func lines(_ changes: [StateChange]) -> [String] {
    TextTable.lines(
      changes.map { change in
        [
          change.stream ?? "(no stream)", change.pointer.isEmpty ? "/" : change.pointer,
          "\(short(change.before)) -> \(short(change.after))",
        ]
      }
    )
  }

  /// In a few words which streams changed: `orders, customers`.
  static func summary(_ changes: [StateChange]) -> String {
    var names: [String] = []
    for change in changes {
      let name = change.stream ?? "(no stream)"
      if !names.contains(name) { names.append(name) }
    }
    let shown = names.prefix(5).joined(separator: ", ")
    return names.count > 5 ? "\(shown) and \(names.count - 5) more" : shown
  }

  private static func short(_ value: JSONValue?) -> String {
    guard let text = value?.encoded() else { return "(none)" }
    return text.count <= 60 ? text : text.prefix(59) + "…"
  }
}
