internal import JSON

/// What Dativo adds to a contract: the names among `customProperties` that it takes up.
enum Extension: String, CaseIterable {
  case mask = "dativo.mask"
  case coerce = "dativo.coerce"
  case drift = "dativo.drift"
  case scope = "dativo.scope"
  case endRules = "dativo.endRules"

  /// What `customProperties` belong to.
  enum Place {
    case contract, object, property
    /// A rule, a server, a role and so on.
    case other

    /// The place of what stands under `key`.
    func inner(_ key: String) -> Place {
      switch (self, key) {
      case (.contract, "schema"): .object
      case (.object, "properties"), (.property, "properties"), (.property, "items"),
        (.property, "map"), (.property, "key"), (.property, "value"):
        .property
      default: .other
      }
    }

    /// The names that have an effect there.
    var names: [String] {
      Extension.allCases.filter { $0.isTaken(at: self) }.map(\.rawValue)
    }

    var text: String {
      switch self {
      case .contract: "The contract"
      case .object: "An object"
      case .property: "A property"
      case .other: "This place"
      }
    }
  }

  func isTaken(at place: Place) -> Bool {
    switch (self, place) {
    case (.mask, .property), (.coerce, .property), (.coerce, .object): true
    case (.drift, .contract), (.scope, .contract), (.endRules, .contract): true
    default: false
    }
  }

  /// Why it cannot stand elsewhere, and where it belongs.
  var home: (problem: String, hint: String) {
    switch self {
    case .mask, .coerce:
      (
        "\(rawValue) does not stand at a property",
        "Move it to the customProperties of the property that it is about."
      )
    case .drift, .scope, .endRules:
      (
        "\(rawValue) does not stand at the contract itself, and has no effect here",
        "Move it to the customProperties beside apiVersion: it counts for the whole contract."
      )
    }
  }

  /// The values of those that are a word.
  static let words: [(extension: Self, words: [String])] = [
    (.scope, ["run", "dataset"]), (.endRules, ["hold", "report"]),
  ]
}

extension ContractReader {
  /// Finds names of ours, spelt right or wrong, that have no effect where they stand.
  ///
  /// Each is an error: nobody would mask by it, and nobody would notice.
  mutating func checkExtensions(_ node: YAMLNode, at place: Extension.Place) {
    for entry in node["customProperties"]?.elements ?? [] {
      if let name = entry["property"]?.text { checkExtension(entry, name, place) }
    }
    for member in node.members where member.key != "customProperties" {
      for inner in member.value.elements ?? [member.value] {
        checkExtensions(inner, at: place.inner(member.key))
      }
    }
  }

  private mutating func checkExtension(
    _ entry: YAMLNode,
    _ name: String,
    _ place: Extension.Place
  ) {
    if let known = Extension(rawValue: name) {
      if !known.isTaken(at: place) {
        error(entry["property"], known.home.problem, known.home.hint)
      } else if let words = Extension.words.first(where: { $0.extension == known })?.words {
        checkWord(entry, known, words)
      }
      return
    }
    guard Self.isLookalike(name) else { return }
    let near =
      Nearest.name(to: name, among: place.names)
      ?? Nearest.name(to: name, among: Extension.allCases.map(\.rawValue))
    let names = place.names
    error(
      entry["property"],
      "unknown customProperty \"\(name)\"",
      near.map { "Did you mean \"\($0)\"?" }
        ?? (names.isEmpty
          ? "Names that begin dativo. are Dativo's own, and none has an effect here."
          : "\(place.text) may have \(names.joined(separator: ", ")).")
    )
  }

  private mutating func checkWord(_ entry: YAMLNode, _ known: Extension, _ words: [String]) {
    let text = entry["value"]?.text
    if let text, words.contains(text) { return }
    error(
      entry["value"] ?? entry,
      "\(known.rawValue) is \(text.map { "\"\($0)\"" } ?? "no word")",
      text.flatMap { Nearest.name(to: $0, among: words) }.map { "Did you mean \"\($0)\"?" }
        ?? "It is \(words.joined(separator: " or "))."
    )
  }

  /// Whether a name is probably meant to be one of ours.
  private static func isLookalike(_ name: String) -> Bool {
    let text = name.lowercased()
    if text.hasPrefix("dativo") { return true }
    // `datvio.mask` is a slip; `data.mask` is somebody else's.
    guard let first = text.split(whereSeparator: { ".:-_ ".contains($0) }).first,
      Nearest.name(to: String(first), among: ["dativo"]) != nil
    else { return false }
    return Nearest.name(to: name, among: Extension.allCases.map(\.rawValue)) != nil
  }
}
