internal import JSON

/// Reads what installers say that requirements come to.
enum Resolution {
  /// The output of `uv pip compile --generate-hashes`: requirements, each with its hashes below it.
  static func compiled(_ text: String) -> [PluginLock.Distribution] {
    var found: [PluginLock.Distribution] = []
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ").filter { $0 != "\\" }
      for word in words {
        if word.hasPrefix("--hash=sha256:") {
          guard !found.isEmpty else { continue }
          found[found.count - 1].hashes.append(String(word.dropFirst("--hash=sha256:".count)))
        } else if let distribution = pinned(word) {
          found.append(distribution)
        }
      }
    }
    return sorted(found)
  }

  /// The report of `pip install --dry-run --report -`: one file for each distribution.
  static func report(_ bytes: [UInt8]) -> [PluginLock.Distribution] {
    let items = (try? JSONValue.parse(bytes))?["install"]?.array ?? []
    return sorted(
      items.compactMap { item in
        let archive = item["download_info"]?["archive_info"]
        let hash =
          archive?["hashes"]?["sha256"]?.string
          ?? archive?["hash"]?.string.flatMap { text in
            text.hasPrefix("sha256=") ? String(text.dropFirst(7)) : nil
          }
        guard let name = item["metadata"]?["name"]?.string,
          let version = item["metadata"]?["version"]?.string, let hash
        else { return nil }
        return PluginLock.Distribution(
          name: PythonPackage.normal(name),
          version: version,
          hashes: [hash]
        )
      }
    )
  }

  /// `name==1.2.3`, extras in brackets left out.
  private static func pinned(_ word: Substring) -> PluginLock.Distribution? {
    guard let equals = word.firstRange(of: "==") else { return nil }
    let name = word[..<equals.lowerBound].prefix { $0 != "[" }
    let version = word[equals.upperBound...]
    guard let first = name.first, first.isLetter || first.isNumber, !version.isEmpty else {
      return nil
    }
    return PluginLock.Distribution(
      name: PythonPackage.normal(String(name)),
      version: String(version),
      hashes: []
    )
  }

  private static func sorted(
    _ found: [PluginLock.Distribution]
  ) -> [PluginLock.Distribution] {
    found.map { distribution in
      var distribution = distribution
      distribution.hashes.sort()
      return distribution
    }.sorted { $0.name < $1.name }
  }
}
