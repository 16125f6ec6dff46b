package import ConnectorKit
package import JSON
package import Wire

/// What a configuration says of a connector of Airbyte: which, its own settings, how it is run.
package struct ConnectorSettings {
  /// The side that a connector is on, as messages name it.
  package enum Side: String {
    case source, destination
  }

  enum Program {
    case executable([String])
    case package(String)
    case image(String)
  }

  package let side: Side
  let program: Program
  package let config: JSONObject
  /// The image; nil for what is none.
  package var image: String? {
    if case .image(let image) = program { image } else { nil }
  }
  let store: String
  package let container: ContainerSettings
  /// Where the settings came from, for messages.
  package let origin: String

  /// The settings that either side has.
  package static func settings(_ side: Side) -> [Setting] {
    [
      Setting("executable", .array, "The \(side) as a program and its first arguments."),
      Setting(
        "package",
        .string,
        "The \(side) as a PyPI package, such as airbyte-\(side)-x==1.0."
      ),
      Setting(
        "image",
        .string,
        "The \(side) as a container image, such as airbyte/\(side)-x:1.0."
      ),
      Setting(
        "connector_config",
        .object,
        "The \(side)'s own configuration, as its spec has it.",
        default: [:]
      ),
      Setting(
        "config_store",
        .string,
        "The folder that keeps what a \(side) changes of its own configuration.",
        default: ".dativo/airbyte"
      ),
      Setting(
        "container",
        .object,
        "How an image is run.",
        default: [:],
        members: ContainerSettings.settings
      ),
    ]
  }

  /// The program of the package, which is installed where it is not there yet.
  package func installed() throws(Failure) -> String {
    guard case .package(let requirement) = program else {
      throw Failure(.usage, "there is no package to install", hint: "Name one: --package X.")
    }
    return try ConnectorPackage(requirement).program()
  }

  /// The digest of the image.
  package func digest() throws(Failure) -> String {
    guard let image else {
      throw Failure(.usage, "there is no image to tell a digest of", hint: "Name one: --image X.")
    }
    return try Container.digest(of: image, container)
  }

  package init(_ configuration: Configuration, _ side: Side) throws(Failure) {
    self.side = side
    origin = configuration.source
    let words = configuration.values["executable"]?.array
    let names = ["executable", "package", "image"].filter { configuration.values[$0] != nil }
    guard names.count == 1 else {
      throw Failure(
        .configuration,
        names.isEmpty
          ? "\(origin): no \(side) is named"
          : "\(origin): \(names.joined(separator: " and ")) are given, which are different \(side)s",
        hint: #"Give one of "executable": ["\#(side)-x"], "package": "airbyte-\#(side)-x" and "#
          + #""image": "airbyte/\#(side)-x:1.0"."#
      )
    }
    if let package = configuration.string("package") {
      guard ConnectorPackage.isRequirement(package) else {
        throw Failure(
          .configuration,
          "\(configuration.place("package")): \"\(package)\" is no package of PyPI",
          hint: "Write a name, and a version if you like: airbyte-\(side)-x==1.0."
        )
      }
      program = .package(package)
    } else if let image = configuration.string("image") {
      guard !image.isEmpty, !image.hasPrefix("-") else {
        throw Failure(
          .configuration,
          "\(configuration.place("image")): \"\(image)\" is no name of an image",
          hint: "Such as airbyte/\(side)-x:1.0."
        )
      }
      program = .image(image)
    } else {
      let texts = (words ?? []).compactMap(\.string)
      guard !texts.isEmpty, texts.count == words?.count else {
        throw Failure(
          .configuration,
          "\(configuration.place("executable")): \"executable\" is a list of texts, the program first"
        )
      }
      program = .executable(texts)
    }
    config = configuration.values["connector_config"]?.object ?? JSONObject()
    store = configuration.string("config_store") ?? ".dativo/airbyte"
    container = ContainerSettings(configuration.values["container"]?.object ?? JSONObject())
  }
}
