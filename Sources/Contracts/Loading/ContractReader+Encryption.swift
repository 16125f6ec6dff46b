internal import JSON

extension ContractReader {
  /// Warns of each `encryptedName` that names no other element of its object: the standard's own
  /// example has such, and nothing can be judged by them.
  mutating func checkEncryptedNames(_ root: YAMLNode) {
    for object in root["schema"]?.elements ?? [] {
      checkEncryptedNames(among: object["properties"])
    }
  }

  private mutating func checkEncryptedNames(within element: YAMLNode) {
    checkEncryptedNames(among: element["properties"])
    for inner in [element["items"], element["map"]?["value"]].compactMap(\.self) {
      checkEncryptedNames(within: inner)
    }
  }

  private mutating func checkEncryptedNames(among properties: YAMLNode?) {
    let elements = properties?.elements ?? []
    func names(_ element: YAMLNode) -> [String] {
      [element["name"]?.text, element["physicalName"]?.text].compactMap(\.self)
    }
    for element in elements {
      checkEncryptedNames(within: element)
      guard let node = element["encryptedName"], let text = node.text, !text.isEmpty else {
        continue
      }
      let own = element["name"]?.text ?? ""
      if names(element).contains(text) {
        warn(node, "encryptedName of \(own) is the element itself")
      } else if !elements.contains(where: { names($0).contains(text) }) {
        let near = Nearest.name(to: text, among: elements.flatMap(names).filter { $0 != own })
        warn(
          node,
          "encryptedName of \(own) names \(text), which is no element beside it",
          near.map { "Did you mean \"\($0)\"?" }
        )
      } else if readBool(element, "primaryKey") {
        let reason = "a part of the primary key cannot be absent"
        warn(node, "encryptedName of \(own) is not judged: \(reason)")
      }
    }
  }
}
