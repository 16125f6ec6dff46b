package import Wire

/// The distribution of PyPI that a connector is installed from.
package struct PythonPackage: Hashable, Sendable {
  /// The keys; `schemas/plugin.schema.json` has the same.
  package static let keys = ["package", "version", "extra", "python"]

  package var package: String
  /// Nil for the newest.
  package var version: String?
  /// Requirements that it forgets to name, such as `setuptools<81`.
  package var extra: [String] = []
  /// The versions of Python that it runs on, such as `>=3.10`.
  package var python: String?

  package init(_ package: String, version: String? = nil) {
    self.package = package
    self.version = version
  }

  /// What an installer is asked for.
  package var requirements: [String] {
    [version.map { "\(package)==\($0)" } ?? package] + extra
  }

  /// The name that a plugin gets where nobody gives it one: `pipelinewise-tap-mysql` is
  /// `pipelinewise-mysql`, `airbyte-source-faker` is `airbyte-faker`.
  package var pluginName: String {
    var parts = package.lowercased().split(separator: "-").map(String.init)
    let sides = isOfAirbyte ? ["source", "destination"] : ["tap", "target"]
    parts.removeAll(where: sides.contains)
    return parts.isEmpty ? package : parts.joined(separator: "-")
  }

  /// Whether the package's name says that it writes.
  package var namesTarget: Bool {
    let parts = package.lowercased().split(separator: "-")
    return parts.contains("target") || isOfAirbyte && parts.contains("destination")
  }

  /// Whether the package's name says that it is a connector of Airbyte.
  package var isOfAirbyte: Bool {
    let name = package.lowercased()
    return name.hasPrefix("airbyte-source-") || name.hasPrefix("airbyte-destination-")
  }

  /// Why no installer should be asked for it; nil where it has the form of a package.
  package var mistake: Failure? {
    if !PluginFile.isName(package) {
      return Failure(
        .usage,
        "\"\(package)\" is no name of a package",
        hint: "Write tap-github==1.2.3."
      )
    }
    if let version, !Self.isVersion(version) {
      return Failure(.usage, "\"\(version)\" is no version", hint: "Write \(package)==1.2.3.")
    }
    if let wrong = extra.first(where: { !Self.isRequirement($0) }) {
      return Failure(
        .usage,
        "\"\(wrong)\" is no requirement",
        hint: "Write a package with its versions, such as \"setuptools<81\"."
      )
    }
    if let python, PythonVersions(python) == nil {
      return Failure(
        .usage,
        "\"\(python)\" names no versions of Python",
        hint: "Write bounds such as \">=3.10,<3.13\"."
      )
    }
    return nil
  }

  /// Whether a text is a package with its versions, and no option or path of an installer.
  package static func isRequirement(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first, first.isASCII, first.properties.isAlphabetic
    else { return false }
    return text.unicodeScalars.allSatisfy { letter in
      switch letter {
      case "a"..."z", "A"..."Z", "0"..."9", ".", "+", "!", "-", "_": true
      case "<", "=", ">", "~", ",", "[", "]", "*", " ": true
      default: false
      }
    }
  }

  /// Whether a text may be a version, and nothing that an installer takes for more.
  package static func isVersion(_ text: String) -> Bool {
    !text.isEmpty
      && text.unicodeScalars.allSatisfy { letter in
        switch letter {
        case "a"..."z", "A"..."Z", "0"..."9", ".", "+", "!", "-", "_": true
        default: false
        }
      }
  }

  /// A name as indexes compare it: case and separators do not count.
  package static func normal(_ name: String) -> String {
    name.lowercased().split { "-_.".contains($0) }.joined(separator: "-")
  }
}
