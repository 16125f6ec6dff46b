package import JSON

/// What becomes of a value that must not leave as it is.
package enum MaskAction: Hashable, Sendable {
  /// Passes as it is: an exemption that a policy states.
  case keep
  /// The member is left out.
  case drop
  /// Becomes null.
  case null
  /// A text becomes "[redacted]", anything else null.
  case redact
  /// A text, number or boolean becomes its keyed hash, HMAC-SHA-256 in hexadecimal.
  case hash
  /// A text keeps its first characters, so many.
  case truncate(Int)
  /// Of a text or a whole number all letters and digits but the last four become `*`.
  case last4

  /// Those that are written as a name alone.
  private static let plain: [Self] = [.keep, .drop, .null, .redact, .hash, .last4]

  /// The name, as policies have it.
  package var name: String {
    switch self {
    case .keep: "keep"
    case .drop: "drop"
    case .null: "null"
    case .redact: "redact"
    case .hash: "hash"
    case .truncate: "truncate"
    case .last4: "last4"
    }
  }

  /// How little is left; of several policies for one value the lowest counts.
  var openness: (Int, Int) {
    switch self {
    case .drop: (0, 0)
    case .null: (1, 0)
    case .redact: (2, 0)
    case .hash: (3, 0)
    case .last4: (4, 0)
    case .truncate(let count): (5, count)
    case .keep: (6, 0)
    }
  }

  static func strictest(_ actions: [Self]) -> Self? { actions.min { $0.openness < $1.openness } }

  /// Whether the action leaves text in place of values; the others leave null or nothing.
  package var leavesText: Bool {
    switch self {
    case .redact, .hash, .truncate, .last4: true
    case .keep, .drop, .null: false
    }
  }

  /// Whether values of the type are masked as the action says; others become null.
  package func masks(_ type: LogicalType?) -> Bool {
    switch (self, type) {
    case (.keep, _), (.drop, _), (.null, _): true
    case (_, .string?), (_, .date?), (_, .timestamp?), (_, .time?): true
    case (.hash, .number?), (.hash, .integer?), (.hash, .boolean?), (.last4, .integer?): true
    default: false
    }
  }
}

extension MaskAction {
  /// Why a policy's value is no action.
  package struct Problem: Error, Hashable, Sendable {
    package let message: String
    package let hint: String
  }

  /// Reads an action: its name, or `{truncate: N}`; null is the action `null`.
  package init(_ value: JSONValue) throws(Problem) {
    let names = Self.plain.map(\.name) + ["truncate"]
    let example = "Write one of \(names.joined(separator: ", ")); truncate as {truncate: 4}."
    switch value {
    case .null: self = .null
    case .string("truncate"):
      throw Problem(message: "truncate does not say how many characters stay", hint: example)
    case .string(let name):
      guard let action = Self.plain.first(where: { $0.name == name }) else {
        let near = Nearest.name(to: name, among: names)
        throw Problem(
          message: "unknown masking action \"\(name)\"",
          hint: near.map { "Did you mean \"\($0)\"?" } ?? example
        )
      }
      self = action
    case .object(let object):
      guard object.count == 1, let member = object.members.first else {
        throw Problem(message: "a masking action has one name, not \(object.count)", hint: example)
      }
      guard member.key == "truncate" else {
        let isKnown = names.contains(member.key)
        let near = Nearest.name(to: member.key, among: names)
        throw Problem(
          message: isKnown
            ? "the masking action \(member.key) takes no parameter"
            : "unknown masking action \"\(member.key)\"",
          hint: isKnown ? "Write \(member.key)." : near.map { "Did you mean \"\($0)\"?" } ?? example
        )
      }
      guard let count = member.value.number?.int64, (0...1_000_000).contains(count) else {
        throw Problem(message: "truncate is not a number of characters", hint: example)
      }
      self = .truncate(Int(count))
    default:
      throw Problem(message: "a masking action is neither a name nor a mapping", hint: example)
    }
  }
}
