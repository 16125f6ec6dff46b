internal import Contracts
internal import JSON
internal import Secrets
internal import Wire

/// Reads the values of one YAML file and gathers all that is wrong with them.
///
/// A wrong value is noted and read as absent, so that every mistake is found in one go.
struct YAMLReader {
  let file: String
  var findings: [Finding] = []
  /// The variables that stood for something in it.
  var variables: [String: String] = [:]
  /// The references to secrets in it.
  var references: [(reference: SecretReference, mark: YAMLNode.Mark)] = []

  init(file: String) { self.file = file }

  mutating func error(_ node: YAMLNode, _ message: String, hint: String? = nil) {
    error(node.mark, message, hint: hint)
  }

  mutating func error(_ mark: YAMLNode.Mark, _ message: String, hint: String? = nil) {
    findings.append(Finding(.error, file, mark, message, hint: hint))
  }

  mutating func warning(_ mark: YAMLNode.Mark, _ message: String, hint: String? = nil) {
    findings.append(Finding(.warning, file, mark, message, hint: hint))
  }

  /// Checks that `node` is a mapping of `known` keys only; `path` names it, empty for the root.
  mutating func keys(_ node: YAMLNode, _ known: [String], in path: String) -> Bool {
    guard case .mapping(let members, _) = node else {
      let what = path.isEmpty ? "the file" : "\"\(path)\""
      error(node, "\(what) must be a mapping", hint: "Its keys: \(known.joined(separator: ", ")).")
      return false
    }
    for member in members where !known.contains(member.key) {
      let place = path.isEmpty ? "" : " in \"\(path)\""
      let near = Nearest.name(to: member.key, among: known)
      error(
        member.keyMark,
        "unknown key \"\(member.key)\"\(place)",
        hint: near.map { "Did you mean \"\($0)\"?" }
          ?? "The keys here: \(known.joined(separator: ", "))."
      )
    }
    return true
  }

  /// The text of a scalar that is not empty.
  mutating func text(_ node: YAMLNode?, _ path: String) -> String? {
    guard let node, !node.isNull else { return nil }
    guard let text = node.text else {
      error(node, "\"\(path)\" must be text")
      return nil
    }
    guard !text.isEmpty else {
      error(node, "\"\(path)\" is empty")
      return nil
    }
    return text
  }

  /// Text that must be there; `example` is what to write.
  mutating func required(
    _ parent: YAMLNode,
    _ key: String,
    _ path: String,
    example: String
  ) -> String? {
    guard let node = parent[key], !node.isNull else {
      let mark = parent.members.first { $0.key == key }?.keyMark ?? parent.mark
      error(mark, "\"\(path)\" is missing", hint: "Write `\(example)`.")
      return nil
    }
    return text(node, path)
  }

  /// A list of texts; a single text is a list of one.
  mutating func texts(_ node: YAMLNode?, _ path: String) -> [String] {
    guard let node, !node.isNull else { return [] }
    guard let elements = node.elements else {
      guard node.text != nil else {
        error(node, "\"\(path)\" must be a list of texts")
        return []
      }
      return text(node, path).map { [$0] } ?? []
    }
    var result: [String] = []
    for (index, element) in elements.enumerated() {
      if element.isNull {
        error(element, "\"\(path)[\(index)]\" is empty")
      } else if let text = text(element, "\(path)[\(index)]") {
        result.append(text)
      }
    }
    return result
  }

  mutating func bool(_ node: YAMLNode?, _ path: String) -> Bool? {
    guard let node, !node.isNull else { return nil }
    guard let bool = node.json.bool else {
      error(node, "\"\(path)\" must be true or false\(shown(node))")
      return nil
    }
    return bool
  }

  /// A number of at least `minimum`, or above it.
  mutating func number(
    _ node: YAMLNode?,
    _ path: String,
    above minimum: Double,
    orEqual: Bool = false
  ) -> Double? {
    guard let node, !node.isNull else { return nil }
    let value = node.json.number?.double
    guard let value, value.isFinite, value > minimum || (orEqual && value == minimum) else {
      let bound = "\(orEqual ? "of at least" : "above") \(Int(minimum))"
      error(node, "\"\(path)\" must be a number \(bound)\(shown(node))")
      return nil
    }
    return value
  }

  /// A length of time above zero: `90s`, `15m`, `2h`, `1d`, or a number of seconds.
  mutating func duration(_ node: YAMLNode?, _ path: String) -> Double? {
    guard let node, !node.isNull else { return nil }
    let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86400]
    let text = node.text ?? ""
    let unit = text.last.flatMap { units[$0] }
    let number = Double(unit == nil ? text[...] : text.dropLast())
    guard let number, number.isFinite, number > 0 else {
      error(
        node,
        "\"\(path)\" must be a length of time\(shown(node))",
        hint: "Write 90s, 15m, 2h or 1d."
      )
      return nil
    }
    let seconds = number * (unit ?? 1)
    guard seconds <= Self.longest else {
      error(node, "\"\(path)\" is longer than ten years\(shown(node))", hint: "Leave it out.")
      return nil
    }
    return seconds
  }

  /// Ten years: what is longer is a mistake, and no clock here counts that far.
  static let longest = 10 * 366 * 86_400.0

  /// The settings that a tap is told a window of time by.
  mutating func window(_ node: YAMLNode?, _ path: String) -> WindowSettings? {
    guard let node, !node.isNull, keys(node, WindowSettings.keys, in: path) else { return nil }
    return WindowSettings(
      since: text(node["since"], "\(path).since"),
      until: text(node["until"], "\(path).until"),
      isInclusive: bool(node["inclusive"], "\(path).inclusive") ?? false
    )
  }

  /// A number of bytes above zero: `512MiB`, `2GB`, or the number itself.
  mutating func size(_ node: YAMLNode?, _ path: String) -> Int? {
    guard let node, !node.isNull else { return nil }
    let units: [(name: String, bytes: Int)] = [
      ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("kB", 1000), ("MB", 1_000_000),
      ("GB", 1_000_000_000), ("", 1),
    ]
    let text = node.text ?? ""
    for unit in units where text.hasSuffix(unit.name) {
      let digits = text.dropLast(unit.name.count).filter { $0 != " " }
      guard let number = Double(digits), number > 0, number < 1e9 || unit.bytes == 1, number < 1e18
      else { break }
      return max(Int(number * Double(unit.bytes)), 1)
    }
    error(node, "\"\(path)\" must be a size\(shown(node))", hint: "Write 512MiB or 2GiB.")
    return nil
  }

  mutating func integer(_ node: YAMLNode?, _ path: String, atLeast minimum: Int) -> Int? {
    guard let node, !node.isNull else { return nil }
    let number = node.json.number
    guard let number, number.isInteger, let value = number.int64.map({ Int($0) }), value >= minimum
    else {
      error(node, "\"\(path)\" must be a whole number of at least \(minimum)\(shown(node))")
      return nil
    }
    return value
  }

  mutating func choice<Choice: RawRepresentable & CaseIterable>(
    _ node: YAMLNode?,
    _ path: String,
    _: Choice.Type
  ) -> Choice? where Choice.RawValue == String {
    guard let text = text(node, path), let node else { return nil }
    if let choice = Choice(rawValue: text) { return choice }
    let names = Choice.allCases.map(\.rawValue)
    error(
      node,
      "\"\(path)\" must be one of \(names.joined(separator: ", "))\(shown(node))",
      hint: Nearest.name(to: text, among: names).map { "Did you mean \"\($0)\"?" }
    )
    return nil
  }

  /// What stands there instead, for the end of a message.
  private func shown(_ node: YAMLNode) -> String { node.text.map { ", not \"\($0)\"" } ?? "" }
}
