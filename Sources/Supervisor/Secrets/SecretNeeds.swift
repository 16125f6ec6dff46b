internal import Contracts
internal import JSON
internal import Secrets

/// The references of a job: which settings need which secret.
package struct SecretNeeds: Sendable {
  /// One setting's reference.
  package struct Need: Sendable {
    /// The setting, such as `source.config.password`.
    package let setting: String
    /// What gets it: `tap`, `target` or `webhook`.
    package let plugin: String
    /// `file:line:column`, as far as it is known.
    package let place: String
    let reference: SecretReference
  }

  package let job: Job
  package let needs: [Need]

  /// Of a job that could be read; `file` is its document.
  package init(_ job: Job, _ file: JobFile) {
    self.job = job
    var found: [Need] = []
    for (end, role, config) in [
      ("source", "tap", job.source.config), ("target", "target", job.target.config),
    ] {
      let document = file.configurations[end]
      Self.walk(.object(config), [], document?.node) { path, mark, reference in
        let path = path.first == "connector_config" ? Array(path.dropFirst()) : path
        found.append(
          Need(
            setting: (["\(end).config"] + path).joined(separator: "."),
            plugin: role,
            place: Self.place(document?.file ?? file.path, mark),
            reference: reference
          )
        )
      }
    }
    for partition in job.partitions {
      Self.walk(.object(partition.config), [], nil) { path, _, reference in
        let setting = (["partitions.\(partition.name).config"] + path).joined(separator: ".")
        found.append(
          Need(setting: setting, plugin: "tap", place: file.path, reference: reference)
        )
      }
    }
    for moment in Hook.Moment.allCases {
      for (index, hook) in (job.hooks[moment] ?? []).enumerated() {
        guard case .webhook(let url) = hook else { continue }
        let node = file.root["hooks"]?[moment.rawValue]?.elements?[index]["webhook"]
        Self.walk(.string(url), [], node) { _, mark, reference in
          found.append(
            Need(
              setting: "hooks.\(moment.rawValue)[\(index)].webhook",
              plugin: "webhook",
              place: Self.place(file.path, mark),
              reference: reference
            )
          )
        }
      }
    }
    needs = found
  }

  private static func place(_ file: String, _ mark: YAMLNode.Mark?) -> String {
    mark.map { "\(file):\($0.line):\($0.column)" } ?? file
  }

  private static func walk(
    _ value: JSONValue,
    _ path: [String],
    _ node: YAMLNode?,
    _ found: ([String], YAMLNode.Mark?, SecretReference) -> Void
  ) {
    switch value {
    case .object(let object):
      for (key, value) in object {
        // The source's own configuration stands one level higher in the file.
        walk(value, path + [key], node?[key] ?? (key == "connector_config" ? node : nil), found)
      }
    case .array(let elements):
      for (index, element) in elements.enumerated() {
        let inner = node?.elements.flatMap { $0.indices.contains(index) ? $0[index] : nil }
        walk(element, path + ["\(index)"], inner, found)
      }
    case .string(let text):
      guard SecretText.isNeeded(text), let parsed = try? SecretText(text) else { return }
      for reference in parsed.references { found(path, node?.mark, reference) }
    default: return
    }
  }
}
