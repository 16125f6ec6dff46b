internal import JSON
internal import Posix
internal import Secrets
internal import Wire

/// A plugin's configuration while the plugin runs: a private file, which it may write back.
struct HandedConfig {
  let path: String
  let plugin: String
  private var filling: SecretFilling
  private let kept: KeptSecrets
  private let settings: JSONValue?
  /// What the file held when it was last looked at.
  private var last: JSONObject
  private var stamp: Files.Stamp?

  /// Writes the file with every secret in it.
  init(
    _ content: JSONValue,
    for plugin: Connector,
    at path: String,
    _ kept: KeptSecrets,
    _ access: SecretAccess
  ) throws(Failure) {
    self.path = path
    self.plugin = plugin.name
    self.kept = kept
    settings = plugin.settings
    filling = try SecretFilling(content, for: plugin.name, settings: plugin.settings, access)
    last = kept.applied(to: filling.config.object ?? JSONObject())
    try PrivateFile.write(path, .object(last))
    stamp = Files.stamp(of: path)
  }

  /// Keeps what the plugin has changed of its secrets since; returns what to tell of it.
  ///
  /// It costs one look at the file's times where nothing has changed.
  mutating func harvest(_ access: SecretAccess) -> [String] {
    let new = Files.stamp(of: path)
    guard new != stamp, let bytes = try? Files.read(path),
      let config = (try? JSONValue.parse(bytes))?.object
    else { return [] }
    stamp = new
    defer { last = config }
    var told: [String] = []
    for change in changes(from: .object(last), to: .object(config), [], settings, isSecret: false) {
      // The new value is as secret as the one before.
      var values = SecretValues()
      values.take(secret: change.value)
      Redactor.learn(values)
      told.append(keep(change, access))
    }
    return told
  }

  private func keep(_ change: Change, _ access: SecretAccess) -> String {
    let name = change.path.joined(separator: ".")
    let what = "\(plugin) has changed its setting \"\(name)\""
    var why = ""
    if let origin = filling.origins[change.path] {
      do {
        try access.write(change.value, over: origin.found, origin.reference, from: plugin)
        return "\(what): \(origin.reference.text) holds the new value"
      } catch {
        why = " (\(error.message))"
      }
    }
    do throws(Failure) {
      try kept.keep(change.value, at: change.path, given: filling.config)
      return "\(what): kept for the next run in \(kept.path)\(why)"
    } catch {
      return "\(what), which could not be kept: \(error.message)\(why)"
    }
  }

  private struct Change {
    let path: [String]
    let value: JSONValue
  }

  /// The values that differ, of those that are secrets or came from one.
  private func changes(
    from old: JSONValue?,
    to new: JSONValue,
    _ path: [String],
    _ setting: JSONValue?,
    isSecret: Bool
  ) -> [Change] {
    guard old != new else { return [] }
    if filling.origins[path] != nil { return [Change(path: path, value: new)] }
    switch new {
    case .object(let object):
      return object.flatMap { key, value in
        let inner = setting?["properties"]?[key] ?? setting?["additionalProperties"]
        return changes(
          from: old?[key],
          to: value,
          path + [key],
          inner,
          isSecret: isSecret || Redaction.isSecret(key) || SecretValues.isMarked(inner)
        )
      }
    case .array(let elements):
      return elements.enumerated().flatMap { index, value in
        let before = old?.array.flatMap { $0.indices.contains(index) ? $0[index] : nil }
        return changes(
          from: before,
          to: value,
          path + ["\(index)"],
          setting?["items"],
          isSecret: isSecret
        )
      }
    default: return isSecret && !new.isNull ? [Change(path: path, value: new)] : []
    }
  }
}
