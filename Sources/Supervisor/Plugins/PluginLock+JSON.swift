package import JSON

extension PluginLock {
  /// The version of the file's form.
  private static let form = 1

  package var json: JSONValue {
    var object: JSONObject = [
      "version": .number(JSONNumber(Self.form)), "plugins": .array(entries.map(\.json)),
    ]
    if !images.isEmpty {
      let sorted = images.sorted { $0.key < $1.key }
      object["images"] = .object(JSONObject(sorted.map { (key: $0.key, value: .string($0.value)) }))
    }
    return .object(object)
  }

  init?(_ value: JSONValue) {
    guard value["version"]?.number?.int64 == Int64(Self.form),
      let plugins = value["plugins"]?.array
    else { return nil }
    for (image, digest) in value["images"]?.object?.members ?? [] {
      guard let digest = digest.string, digest.hasPrefix("sha256:") else { return nil }
      images[image] = digest
    }
    for plugin in plugins {
      guard let entry = Entry(plugin) else { return nil }
      self[entry.name, entry.role] = entry
    }
  }
}

extension PluginLock.Entry {
  package var json: JSONValue {
    [
      "role": .string(role.rawValue), "name": .string(name), "package": .string(package),
      "version": .string(version), "python": .string(python),
      "distributions": .array(
        distributions.map { distribution in
          [
            "name": .string(distribution.name), "version": .string(distribution.version),
            "sha256": .array(distribution.hashes.map { .string($0) }),
          ]
        }
      ),
    ]
  }

  init?(_ value: JSONValue) {
    guard let role = value["role"]?.string.flatMap(Plugin.Role.init),
      let name = value["name"]?.string, PluginFile.isName(name),
      let package = value["package"]?.string, PluginFile.isName(package),
      let version = value["version"]?.string,
      let python = value["python"]?.string,
      let parts = value["distributions"]?.array
    else { return nil }
    var distributions: [PluginLock.Distribution] = []
    for part in parts {
      guard let name = part["name"]?.string, PluginFile.isName(name),
        let version = part["version"]?.string, PythonPackage.isVersion(version)
      else { return nil }
      let hashes = (part["sha256"]?.array ?? []).compactMap(\.string)
      guard !hashes.isEmpty, hashes.allSatisfy({ $0.allSatisfy(\.isHexDigit) }) else { return nil }
      distributions.append(PluginLock.Distribution(name: name, version: version, hashes: hashes))
    }
    self.init(
      name: name,
      role: role,
      package: package,
      version: version,
      python: python,
      distributions: distributions
    )
  }
}
