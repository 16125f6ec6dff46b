package import Children
package import JSON

/// What a program says of itself.
package struct About: Sendable {
  package var capabilities: Set<String> = []
  package var summary = ""
  package var version: String?
  /// Its settings as a JSON Schema.
  package var settings: JSONValue?

  /// Asks a program by `--about`; one that does not know the option says nothing of itself.
  ///
  /// A program that takes no options at all may answer with its messages: it is stopped.
  package static func ask(
    _ executable: String,
    folder: String,
    environment: [String: String]
  ) throws(SpawnError) -> About {
    let command = Command(
      executable,
      ["--about", "--format=json"],
      environment: environment,
      folder: folder
    )
    let answer = try Capture.run(command, seconds: 60, limit: 4 << 20) { !Self.areMessages($0) }
    guard answer.cut == nil, answer.exit.isSuccess,
      let value = try? JSONValue.parse(answer.stdout)
    else { return About() }
    return About(value) ?? About()
  }

  init() {}

  /// Reads the answer to `--about`; nil for what is none.
  init?(_ value: JSONValue) {
    guard let words = value["capabilities"]?.array else { return nil }
    capabilities = Set(words.compactMap(\.string))
    summary = value["description"]?.string ?? ""
    version = value["version"]?.string
    settings = value["settings"].flatMap { $0["properties"]?.object == nil ? nil : $0 }
  }

  /// Whether output begins with a Singer or Airbyte message, in its first whole line.
  static func areMessages(_ output: [UInt8]) -> Bool {
    guard let end = output.firstIndex(of: 0x0A), let start = output.first, start == 0x7B,
      let value = try? JSONValue.parse(Array(output[..<end]))
    else { return false }
    return value["type"]?.string != nil
  }
}
