package import Children
package import JSON

/// What a program says of itself.
package struct About: Sendable {
  package var capabilities: Set<String> = []
  package var summary = ""
  package var version: String?
  /// Its settings as a JSON Schema.
  package var settings: JSONValue?

  /// Asks a program: by `--about`, and where that is not known by `--help`.
  ///
  /// One that answers with messages takes no options: it is stopped, and can nothing.
  package static func ask(
    _ executable: String,
    _ arguments: [String] = [],
    folder: String,
    environment: [String: String]
  ) throws(SpawnError) -> About {
    var command = Command(
      executable,
      arguments + ["--about", "--format=json"],
      environment: environment,
      folder: folder
    )
    let answer = try Capture.run(command, seconds: 60, limit: 4 << 20) { !Self.areMessages($0) }
    guard answer.cut == nil else { return About() }
    if answer.exit.isSuccess, let about = (try? JSONValue.parse(answer.stdout)).flatMap(About.init)
    {
      return about
    }
    command.arguments = arguments + ["--help"]
    let help = try Capture.run(command, seconds: 60, limit: 4 << 20) { !Self.areMessages($0) }
    guard help.cut == nil else { return About() }
    return About(help: String(decoding: help.stdout + help.stderr, as: UTF8.self))
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

  /// The capabilities whose options stand in a help text.
  init(help: String) {
    for word in ["catalog", "properties", "discover", "state", "test"] {
      let isThere = help.ranges(of: "--\(word)").contains { range in
        guard let next = help[range.upperBound...].first else { return true }
        return !(next.isLetter || next.isNumber || next == "-" || next == "_")
      }
      if isThere { capabilities.insert(word) }
    }
    // Where both are known, the newer one is meant.
    if capabilities.contains("catalog") { capabilities.remove("properties") }
  }

  /// Whether output begins with a Singer or Airbyte message, in its first whole line.
  static func areMessages(_ output: [UInt8]) -> Bool {
    guard let end = output.firstIndex(of: 0x0A), let start = output.first, start == 0x7B,
      let value = try? JSONValue.parse(Array(output[..<end]))
    else { return false }
    return value["type"]?.string != nil
  }
}
