package import JSON

/// What a run masks: actions by classification, by tag and by field.
package struct MaskPolicy: Sendable {
  /// An action, with the name that it stands under.
  typealias Entry = (name: String, action: MaskAction)

  /// What becomes of a classified field that no policy covers.
  enum Unlisted: Sendable {
    case deny
    case allow
    case action(MaskAction)
  }

  /// What is wrong with a policy, and the keys that lead to it.
  package struct Problem: Hashable, Sendable {
    package let path: [String]
    package let message: String
    package let hint: String?
  }

  private(set) var classifications: [Entry] = []
  private(set) var tags: [Entry] = []
  private(set) var fields: [Entry] = []
  /// As it was written; nil leaves it to the mode.
  private(set) var unlisted: Unlisted?

  private static let keys = ["classification", "tags", "fields", "default_classified"]

  /// Whether fields are masked by their classification, so that one without a policy stands out.
  var coversClassifications: Bool { !classifications.isEmpty || unlisted != nil }

  /// Reads the setting `masking`; every problem makes the policy unusable.
  package init(_ value: JSONValue, _ problems: inout [Problem]) {
    guard let object = value.object else {
      let hint = "Its keys: \(Self.keys.joined(separator: ", "))."
      problems.append(Problem(path: [], message: "masking is not a mapping", hint: hint))
      return
    }
    for (key, value) in object.members {
      switch key {
      case "classification": classifications = Self.entries(key, value, &problems)
      case "tags": tags = Self.entries(key, value, &problems)
      case "fields": fields = Self.entries(key, value, &problems)
      case "default_classified": unlisted = Self.unlisted(key, value, &problems)
      default:
        let near = Nearest.name(to: key, among: Self.keys)
        problems.append(
          Problem(
            path: [key],
            message: "unknown key \"\(key)\" in masking",
            hint: near.map { "Did you mean \"\($0)\"?" }
              ?? "Its keys: \(Self.keys.joined(separator: ", "))."
          )
        )
      }
    }
  }

  private static func entries(
    _ key: String,
    _ value: JSONValue,
    _ problems: inout [Problem]
  ) -> [Entry] {
    if value.isNull { return [] }
    guard let object = value.object else {
      let hint = "Write a name and its action: {NAME: hash}."
      problems.append(Problem(path: [key], message: "masking.\(key) is not a mapping", hint: hint))
      return []
    }
    return object.members.compactMap { member in
      action(member.value, [key, member.key], &problems).map { (member.key, $0) }
    }
  }

  private static func action(
    _ value: JSONValue,
    _ path: [String],
    _ problems: inout [Problem]
  ) -> MaskAction? {
    do throws(MaskAction.Problem) {
      return try MaskAction(value)
    } catch {
      problems.append(Problem(path: path, message: error.message, hint: error.hint))
      return nil
    }
  }

  private static func unlisted(
    _ key: String,
    _ value: JSONValue,
    _ problems: inout [Problem]
  ) -> Unlisted? {
    switch value {
    case .string("deny"): return .deny
    case .string("allow"): return .allow
    default: break
    }
    let count = problems.count
    if let action = action(value, [key], &problems) { return .action(action) }
    problems.removeSubrange(count...)
    let hint = "Write deny, allow or an action such as hash."
    let message = "masking.\(key) is neither deny, allow nor a masking action"
    problems.append(Problem(path: [key], message: message, hint: hint))
    return nil
  }
}
