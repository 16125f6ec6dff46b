internal import JSON

extension ContractReader {
  /// Holds a mapping and all within it to a form: keys that do not exist, that are missing, values
  /// of the wrong kind.
  mutating func check(_ node: YAMLNode, as form: Form) {
    guard case .mapping = node else {
      error(node, "\(form.name) is not a mapping", "Write KEY: VALUE, without a dash.")
      return
    }
    let what = node["name"]?.text.map { "\(form.name) \($0)" } ?? form.name
    for member in node.members where !member.value.isNull {
      guard let key = form.keys[member.key], key.exists(in: version) else {
        refuse(member, form, what)
        continue
      }
      check(member.value, as: key.type, "\"\(member.key)\" of \(what)")
    }
    for (name, key) in form.keys.sorted(by: { $0.key < $1.key })
    where key.isRequired(in: version) {
      if let value = node[name], !value.isNull || key.type.takesNull { continue }
      error(node, "the key \"\(name)\" is missing in \(what)", nil)
    }
  }

  private mutating func check(_ node: YAMLNode, as type: Form.ValueType, _ what: String) {
    guard !node.isNull else { return }
    switch type {
    case .any: break
    case .mapping:
      if case .mapping = node { break }
      error(node, "\(what) is not a mapping", nil)
    case .textOrMapping:
      if node.elements != nil { error(node, "\(what) is neither a text nor a mapping", nil) }
    case .text:
      if node.text == nil { error(node, "\(what) is not a text", nil) }
    case .scalar:
      if node.text == nil { error(node, "\(what) is neither text, number nor boolean", nil) }
    case .flag:
      if node.json.bool == nil {
        error(node, "\(what) is \(node.text ?? "no scalar"), not true or false", nil)
      }
    case .integer:
      if node.json.number?.isInteger != true {
        error(node, "\(what) is \(node.text ?? "no scalar"), not a whole number", nil)
      }
    case .number:
      if node.json.number == nil {
        error(node, "\(what) is \(node.text ?? "no scalar"), not a number", nil)
      }
    case .port:
      let isPort = node.json.number?.isInteger ?? (version >= .v320 && node.text != nil)
      if !isPort { error(node, "\(what) is \(node.text ?? "no scalar"), not a port", nil) }
    case .id:
      if !isID(node.text ?? "") {
        error(node, "\(what) is no id", "An id has letters, digits, \"_\" and \"-\".")
      }
    case .reference: checkReference(node, what)
    case .word(let words): checkWord(node, words, what)
    case .list(let element):
      guard let elements = node.elements else {
        error(node, "\(what) is not a list", "Begin each element with a dash.")
        return
      }
      for value in elements { check(value, as: element, "an element of \(what)") }
    case .form("team") where node.elements != nil || version < .v310:
      check(node, as: .list(.form("member")), what)
    case .form("context") where node.text != nil: break
    case .form(let name):
      if let form = form(name, node) { check(node, as: form) }
    }
  }

  /// The form that a mapping has by what it says of itself.
  private mutating func form(_ name: String, _ node: YAMLNode) -> Form? {
    switch name {
    case "server":
      let type = node["type"]?.text ?? ""
      if let form = Form.server(type, version) { return form }
      guard case .mapping = node else { return Form("a server", closed: nil, "") }
      let names = Form.serverTypes(version)
      let near = Nearest.name(to: type, among: names)
      error(
        node["type"] ?? node,
        type.isEmpty ? "the server has no type" : "unknown type \"\(type)\" of a server",
        near.map { "Did you mean \"\($0)\"?" } ?? "It is one of \(names.joined(separator: ", "))."
      )
      return nil
    case "rule":
      switch node["type"]?.text {
      case "library"?: return Form.all["library rule"]
      case "sql"?: return Form.all["sql rule"]
      case "custom"?: return Form.all["custom rule"]
      case nil where version < .v310 || node["metric"] != nil: return Form.all["library rule"]
      case nil: return Form.all["text rule"]
      case "text"? where version >= .v310: return Form.all["text rule"]
      default: return Form.all["rule"]
      }
    default: return Form.all[name]
    }
  }

  private mutating func checkWord(
    _ node: YAMLNode,
    _ words: [String: ODCSVersion],
    _ what: String
  ) {
    let known = words.filter { $0.value <= version }.keys
    guard let text = node.text, !known.contains(text), !known.contains("*") else {
      if node.text == nil { error(node, "\(what) is not a text", nil) }
      return
    }
    let near = Nearest.name(to: text, among: Array(known))
    error(
      node,
      "unknown \(what): \"\(text)\"",
      near.map { "Did you mean \"\($0)\"?" }
        ?? "It is one of \(known.sorted().joined(separator: ", "))."
    )
  }

  private func isID(_ text: String) -> Bool {
    guard !text.isEmpty else { return false }
    return text.unicodeScalars.allSatisfy { letter in
      version < .v320
        ? letter.isASCII
          && (letter.properties.isAlphabetic || ("0"..."9").contains(letter) || letter == "_"
            || letter == "-")
        : !letter.properties.isWhitespace && !".#/\\@!%&^".unicodeScalars.contains(letter)
    }
  }

  /// A reference to a property, `object.property` or `schema/<id>/properties/<id>`, or a list of them.
  private mutating func checkReference(_ node: YAMLNode, _ what: String) {
    for part in node.elements ?? [node] {
      if part.text.map(isReference) ?? false { continue }
      error(part, "\(what) is no reference", "Write object.property.")
    }
    if node.elements?.isEmpty == true { error(node, "\(what) is an empty list", nil) }
  }

  private func isReference(_ text: String) -> Bool {
    func isName(_ name: Substring, hyphens: Bool) -> Bool {
      guard let first = name.utf8.first, first == 0x5F || isLetter(first) else { return false }
      return name.utf8.allSatisfy { byte in
        isLetter(byte) || byte &- 0x30 <= 9 || byte == 0x5F || (hyphens && byte == 0x2D)
      }
    }
    let names = text.split(separator: ".", omittingEmptySubsequences: false)
    if names.count == 2 || (names.count > 2 && version >= .v320),
      names.allSatisfy({ isName($0, hyphens: version >= .v320) })
    {
      return true
    }
    // A path of pairs of section and id, perhaps in another file.
    var path = Substring(text)
    if let mark = path.lastIndex(of: "#") {
      let file = path[..<mark]
      guard file.hasSuffix(".yaml") || (version >= .v320 && file.hasSuffix(".yml")) else {
        return false
      }
      path = path[path.index(after: mark)...]
    }
    if path.hasPrefix("/") { path = path.dropFirst() }
    let steps = path.split(separator: "/", omittingEmptySubsequences: false)
    guard steps.count >= 2, steps.count.isMultiple(of: 2) else { return false }
    return steps.enumerated().allSatisfy { index, step in
      index.isMultiple(of: 2) ? isName(step, hyphens: false) : isID(String(step))
    }
  }

  private func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }

  /// Names a key that the form does not have, or not in this version.
  private mutating func refuse(_ member: YAMLNode.Member, _ form: Form, _ what: String) {
    let isError = form.closedSince.map { version >= $0 } ?? false
    let message: String
    let hint: String?
    if let key = form.keys[member.key] {
      message = "the key \"\(member.key)\" does not exist in \(version.rawValue)"
      hint =
        key.since > version
        ? "It came with \(key.since.rawValue): raise apiVersion, or remove the key."
        : "It went with \(key.until?.rawValue ?? "a later version")."
    } else {
      let known = form.keys.filter { $0.value.exists(in: version) }.keys
      message = "unknown key \"\(member.key)\" in \(what)"
      hint =
        Nearest.name(to: member.key, among: Array(known)).map { "Did you mean \"\($0)\"?" }
        ?? "Known keys: \(known.sorted().joined(separator: ", "))."
    }
    problems.append(Problem(isError ? .error : .warning, member.keyMark, message, hint: hint))
  }
}
