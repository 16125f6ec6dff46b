internal import JSON
internal import Sandbox

/// What a description keeps of the settings that a connector tells: name, kind, whether it is a
/// secret, default, options and one line; no more.
enum SettingsDigest {
  private static let lineLimit = 100
  private static let defaultLimit = 60

  /// The schema, without those settings that come with `capabilities`.
  static func of(_ settings: JSONValue, _ capabilities: Set<String>) -> JSONValue {
    let standard = StandardSettings.names(capabilities)
    var properties = JSONObject()
    for (name, setting) in settings["properties"]?.object?.members ?? []
    where !standard.contains(name) {
      properties[name] = .object(digest(name, setting))
    }
    var result = JSONObject()
    let required = (settings["required"]?.array ?? []).filter { name in
      name.string.map { properties[$0] != nil } ?? false
    }
    if !required.isEmpty { result["required"] = .array(required) }
    result["properties"] = .object(properties)
    return .object(result)
  }

  private static func digest(_ name: String, _ setting: JSONValue) -> JSONObject {
    var result = JSONObject()
    if let types = setting["type"]?.array {
      let real = types.filter { $0.string != "null" }
      result["type"] = real.count == 1 ? real[0] : real.isEmpty ? nil : .array(real)
    } else {
      result["type"] = setting["type"] ?? (setting["oneOf"] == nil ? nil : "object")
    }
    if let item = setting["items"]?["type"] { result["items"] = ["type": item] }
    result["format"] = setting["format"]?.string.map { .string($0) }
    if let options = setting["enum"]?.array, options.count <= 20 {
      result["enum"] = .array(options)
    }
    if let value = setting["default"], !value.isNull, value.encoded().count <= defaultLimit {
      result["default"] = value
    }
    if setting["secret"]?.bool == true || setting["airbyte_secret"]?.bool == true
      || Redaction.isSecret(name)
    {
      result["secret"] = true
    }
    if let line = (setting["description"] ?? setting["title"])?.string.flatMap(line) {
      result["description"] = .string(line)
    }
    return result
  }

  /// The first sentence, on one line.
  static func line(_ text: String) -> String? {
    let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    guard !words.isEmpty else { return nil }
    // A stop ends a sentence where a capital follows: `e.g. this` goes on.
    let stop = words.ranges(of: ". ").first { words[$0.upperBound...].first?.isUppercase ?? true }
    let sentence = stop.map { String(words[..<$0.lowerBound]) } ?? words
    let plain = sentence.hasSuffix(".") ? String(sentence.dropLast()) : sentence
    return plain.count <= lineLimit ? plain : String(plain.prefix(lineLimit - 1)) + "…"
  }

  /// What a connector asks to reach, as far as its settings tell.
  static func permissions(_ settings: JSONValue) -> Permissions {
    var permissions = Permissions()
    let places: Set<String> = [
      "path", "paths", "file", "files", "file_path", "filepath", "folder", "directory",
      "destination_path", "output_path", "path_to_db", "filename",
    ]
    for (name, setting) in settings["properties"]?.object?.members ?? [] {
      if setting["secret"]?.bool == true || setting["airbyte_secret"]?.bool == true
        || Redaction.isSecret(name)
      {
        permissions.secrets.append(name)
      }
      if places.contains(name.lowercased()) { permissions.paths.append(name) }
      guard let url = setting["default"]?.string, let host = host(url),
        !permissions.hosts.contains(host)
      else { continue }
      permissions.hosts.append(host)
    }
    return permissions
  }

  /// The host of an address; nil for other text, and for one that is only filled in later.
  private static func host(_ url: String) -> String? {
    guard url.hasPrefix("https://") || url.hasPrefix("http://"),
      let scheme = url.firstRange(of: "://")
    else { return nil }
    let host = url[scheme.upperBound...].prefix { !"/:?#".contains($0) }
    let isPlain = host.allSatisfy {
      $0.isASCII && ($0.isLetter || $0.isNumber || ".-".contains($0))
    }
    return isPlain && host.contains(".") ? String(host) : nil
  }
}
