internal import JSON
internal import Secrets
internal import Wire

/// A plugin's configuration with its secrets filled in, and where each came from.
struct SecretFilling {
  /// A value of the configuration that is nothing but a secret.
  struct Origin {
    let reference: SecretReference
    let found: SecretStore.Found
  }

  /// What the plugin gets.
  private(set) var config: JSONValue
  /// By path of keys; those of array elements are their numbers.
  private(set) var origins: [[String]: Origin] = [:]

  private let access: SecretAccess
  private let plugin: String

  /// Fills in `config` for the plugin; `settings` is what it says its settings are.
  init(
    _ config: JSONValue,
    for plugin: String,
    settings: JSONValue?,
    _ access: SecretAccess
  ) throws(Failure) {
    self.access = access
    self.plugin = plugin
    self.config = config
    self.config = try fill(config, [], settings)
  }

  private mutating func fill(
    _ value: JSONValue,
    _ path: [String],
    _ setting: JSONValue?
  ) throws(Failure) -> JSONValue {
    switch value {
    case .object(let object):
      var result = JSONObject()
      for (key, value) in object {
        let inner = setting?["properties"]?[key] ?? setting?["additionalProperties"]
        result[key] = try fill(value, path + [key], inner)
      }
      return .object(result)
    case .array(let elements):
      var result: [JSONValue] = []
      for (index, element) in elements.enumerated() {
        result.append(try fill(element, path + ["\(index)"], setting?["items"]))
      }
      return .array(result)
    case .string(let text) where SecretText.isNeeded(text):
      return try fill(text, path, setting)
    default: return value
    }
  }

  private mutating func fill(
    _ text: String,
    _ path: [String],
    _ setting: JSONValue?
  ) throws(Failure) -> JSONValue {
    let parsed: SecretText
    do throws(SecretPath.Problem) {
      parsed = try SecretText(text)
    } catch {
      throw Failure(.configuration, "\(path.joined(separator: ".")): \(error.message)")
    }
    if let reference = parsed.whole {
      let found = try find(reference)
      origins[path] = Origin(reference: reference, found: found)
      return Self.typed(found.secret.revealed(), setting)
    }
    var result = ""
    for piece in parsed.pieces {
      switch piece {
      case .plain(let plain): result += plain
      case .reference(let reference): result += try find(reference).secret.revealedText()
      }
    }
    return .string(result)
  }

  private func find(_ reference: SecretReference) throws(Failure) -> SecretStore.Found {
    do throws(SecretError) {
      return try access.find(reference, for: plugin)
    } catch {
      throw Failure(error, reference)
    }
  }

  /// Text as the setting wants it: a port that a backend keeps as text is a number.
  private static func typed(_ value: JSONValue, _ setting: JSONValue?) -> JSONValue {
    guard let text = value.string else { return value }
    let types = setting?["type"]?.array?.compactMap(\.string) ?? [setting?["type"]?.string ?? ""]
    let wants = Set(types).subtracting(["null", ""])
    guard !wants.isEmpty, !wants.contains("string"), let read = try? JSONValue.parse(text) else {
      return value
    }
    return read
  }
}
