public import JSON
internal import Posix
public import Wire

/// A plugin's configuration: files and variables merged, checked against its settings.
public struct Configuration: Sendable {
  /// The settings that were given, nulls left out.
  public let values: JSONObject
  /// Where they came from, for messages.
  public let source: String
  /// The files as they were read, later ones winning.
  let documents: [Document]

  /// A file of settings.
  struct Document: Sendable {
    let path: String
    let bytes: [UInt8]
  }

  /// Reads `paths` in order, later ones winning key by key; `-` is standard input, `ENV` the
  /// variables `<PLUGIN>_<SETTING>`; `shape` makes the settings of what they hold together.
  public init(
    _ paths: [String],
    for info: PluginInfo,
    shape: ((JSONObject) -> JSONObject)? = nil
  ) throws(Failure) {
    var merged = JSONObject()
    var documents: [Document] = []
    for path in paths {
      let object = path == "ENV" ? try Self.environment(info) : try Self.file(path, &documents)
      for member in object.members where !member.value.isNull { merged[member.key] = member.value }
    }
    values = shape?(merged) ?? merged
    self.documents = documents
    source = paths.filter { $0 != "ENV" }.last ?? "the environment"
    try check(info)
  }

  private static func file(
    _ path: String,
    _ documents: inout [Document]
  ) throws(Failure) -> JSONObject {
    let bytes: [UInt8]
    do throws(PosixError) {
      bytes = try Files.read(path)
    } catch {
      throw Failure(
        .configuration,
        "the configuration \(path) cannot be read: \(error.reason)",
        hint: "--config takes a JSON file, - for standard input, or ENV for variables."
      )
    }
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONValue.parse(bytes)
    } catch {
      throw Failure(
        .configuration,
        "\(path):\(error.line):\(error.column): \(error.reason.rawValue)",
        hint: "The configuration must be one JSON object."
      )
    }
    guard let object = value.object else {
      throw Failure(.configuration, "\(path): the configuration is not a JSON object")
    }
    documents.append(Document(path: path == "-" ? "standard input" : path, bytes: bytes))
    return object
  }

  private static func environment(_ info: PluginInfo) throws(Failure) -> JSONObject {
    let prefix = variable(info.name) + "_"
    var object = JSONObject()
    for setting in info.settings {
      let name = prefix + variable(setting.name)
      guard let text = Environment.value(name) else { continue }
      guard let value = value(text, setting.kind) else {
        throw Failure(.configuration, "\(name): \(text) is not \(setting.expectation)")
      }
      object[setting.name] = value
    }
    return object
  }

  private static func variable(_ name: String) -> String {
    String(name.uppercased().map { $0.isLetter || $0.isNumber ? $0 : "_" })
  }

  private static func value(_ text: String, _ kind: Setting.Kind) -> JSONValue? {
    switch kind {
    case .string: return .string(text)
    case .boolean: return .bool(["true", "1", "yes", "on"].contains(text.lowercased()))
    case .integer, .number: return JSONNumber(text).map { .number($0) }
    case .size, .share: return JSONNumber(text).map { .number($0) } ?? .string(text)
    case .object, .array: return try? JSONValue.parse(text)
    }
  }

  private func check(_ info: PluginInfo) throws(Failure) {
    for member in values.members {
      guard let setting = info.settings.first(where: { $0.name == member.key }) else {
        let near = Nearest.name(to: member.key, among: info.settings.map(\.name))
        throw Failure(
          .configuration,
          "\(place(member.key)): unknown setting \"\(member.key)\"",
          hint: near.map { "Did you mean \"\($0)\"?" }
            ?? "\(info.name) --about lists the settings."
        )
      }
      guard setting.accepts(member.value) else {
        let shown = setting.isSensitive ? "" : ", not \(member.value.encoded())"
        throw Failure(
          .configuration,
          "\(place(member.key)): \"\(member.key)\" must be \(setting.expectation)\(shown)"
        )
      }
    }
    for setting in info.settings where setting.isRequired && values[setting.name] == nil {
      throw Failure(
        .configuration,
        "\(source): the setting \"\(setting.name)\" is missing",
        hint: "\(setting.name): \(setting.summary)"
      )
    }
  }

  /// The value of a setting; nil if it was not given.
  public subscript(name: String) -> JSONValue? { values[name] }

  /// The text of a setting.
  public func string(_ name: String) -> String? { values[name]?.string }

  /// The truth of a setting; false if it was not given.
  public func bool(_ name: String) -> Bool { values[name]?.bool ?? false }

  /// The whole number of a setting.
  public func integer(_ name: String) -> Int? { values[name]?.number?.int64.map { Int($0) } }
}
