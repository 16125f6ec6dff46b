import ConnectorKit
import JSON
import Wire

/// The settings of one stream, checked for their kinds, with their places for messages.
struct SettingValues {
  private let values: JSONObject
  private let defaults: JSONObject
  private let at: [String]
  private let configuration: Configuration

  init(
    _ values: JSONObject,
    defaults: JSONObject,
    at: [String],
    in configuration: Configuration
  ) throws(Failure) {
    self.values = values
    self.defaults = defaults
    self.at = at
    self.configuration = configuration
    for member in values.members {
      guard let setting = CSVSettings.ofStreams.first(where: { $0.name == member.key }) else {
        let near = Nearest.name(to: member.key, among: CSVSettings.ofStreams.map(\.name))
        let meant = member.key == "entity" || member.key == "table" ? "stream" : near
        throw Failure(
          .configuration,
          "\(place(member.key)): unknown setting \"\(member.key)\"",
          hint: meant.map { "Did you mean \"\($0)\"?" }
            ?? "A file has \(CSVSettings.ofStreams.map(\.name).joined(separator: ", "))."
        )
      }
      guard setting.accepts(member.value) else { throw failure(member.key, setting.expectation) }
    }
  }

  subscript(name: String) -> JSONValue? {
    if let value = values[name], !value.isNull { return value }
    return defaults[name]
  }

  func text(_ name: String) -> String? { self[name]?.string }

  func texts(_ name: String) throws(Failure) -> [String]? {
    guard let elements = self[name]?.array else { return nil }
    var texts: [String] = []
    for element in elements {
      guard let text = element.string else { throw failure(name, "a list of texts") }
      texts.append(text)
    }
    return texts
  }

  func count(_ name: String) throws(Failure) -> Int? {
    guard let number = self[name]?.number else { return nil }
    guard let count = number.int64, count >= 0 else { throw failure(name, "0 or more") }
    return Int(count)
  }

  /// Where the configuration has a setting.
  func place(_ name: String) -> String {
    configuration.place(values[name] == nil && defaults[name] != nil ? [name] : at + [name])
  }

  /// A setting that is not what it must be.
  func failure(_ name: String, _ expectation: String) -> Failure {
    let shown = self[name].map { ", not \($0.encoded())" } ?? ""
    return Failure(.configuration, "\(place(name)): \"\(name)\" must be \(expectation)\(shown)")
  }

  /// A member of a setting that is not what it must be.
  func failure(_ name: String, _ member: String, _ expectation: String) -> Failure {
    let shown = self[name]?[member].map { ", not \($0.encoded())" } ?? ""
    let path = (values[name] == nil ? [name] : at + [name]) + [member]
    return Failure(
      .configuration,
      "\(configuration.place(path)): \"\(name)\": \(JSONText.quoted(member)) must be "
        + "\(expectation)\(shown)"
    )
  }
}
