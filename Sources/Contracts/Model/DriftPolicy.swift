package import JSON

/// What happens where a stream has what its contract does not know.
package struct DriftPolicy: Hashable, Sendable {
  package enum Action: String, Sendable, CaseIterable {
    /// It passes and is told.
    case evolve
    /// The run ends.
    case freeze
    /// The records that have it are set aside.
    case quarantine
    /// It is left out of what passes.
    case discard
  }

  /// Why a policy was refused.
  package struct Problem: Error, Hashable, Sendable {
    /// The key that is wrong; nil for the whole.
    package let key: String?
    package let message: String
    package let hint: String?
  }

  /// A stream that no contract describes; nil is freeze in mode strict, else evolve.
  package var tables: Action?
  /// A field that the contract does not have, or a column that the stream does not.
  package var columns = Action.evolve
  /// A type that the SCHEMA declares otherwise than the contract.
  ///
  /// With evolve values are judged one by one all the same.
  package var types = Action.evolve

  package init() {}

  /// Whether anything is set aside.
  package var quarantines: Bool { [tables, columns, types].contains(.quarantine) }

  package static let keys = ["tables", "columns", "types"]

  /// Changes the policy as an object `{tables, columns, types}` says.
  package mutating func apply(_ value: JSONValue) throws(Problem) {
    guard let object = value.object else {
      throw Problem(key: nil, message: "drift is not an object", hint: "Write {columns: freeze}.")
    }
    for (key, value) in object.members where !value.isNull {
      let near = Nearest.name(to: key, among: Self.keys)
      guard Self.keys.contains(key) else {
        let hint = near.map { "Did you mean \"\($0)\"?" } ?? "It has tables, columns and types."
        throw Problem(key: key, message: "unknown key \"\(key)\" in drift", hint: hint)
      }
      let names = Action.allCases.map(\.rawValue)
      guard let text = value.string, names.contains(text), let action = Action(rawValue: text)
      else {
        let near = value.string.flatMap { Nearest.name(to: $0, among: names) }
        throw Problem(
          key: key,
          message: "drift.\(key) is none of \(names.joined(separator: ", "))",
          hint: near.map { "Did you mean \"\($0)\"?" }
        )
      }
      switch key {
      case "tables": tables = action
      case "columns": columns = action
      default: types = action
      }
    }
  }
}
