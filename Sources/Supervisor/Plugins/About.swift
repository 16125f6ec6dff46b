internal import Children
package import JSON
internal import Posix
package import Wire

/// What a program says of itself.
package struct About: Sendable {
  /// How it said it.
  package enum Source: Sendable, Hashable {
    /// In its answer to `--about`.
    case about
    /// By the options of its help text.
    case help
    /// Not at all; the last line that it printed instead.
    case silent(String?)
  }

  package var source = Source.about
  /// Whether it would say the same again: not where it failed or was too slow.
  var isSettled = true
  package var capabilities: Set<String> = []
  package var summary = ""
  package var version: String?
  /// Its settings as a JSON Schema.
  package var settings: JSONValue?

  /// Asks a program: by `--about`, and where that is not known by `--help`.
  ///
  /// One that answers with messages is stopped; like one that tells nothing it is `silent`. One that
  /// was killed has told nothing that a run may build on: a target taken for a foreign one would
  /// load rows a second time.
  package static func ask(
    _ executable: String,
    _ arguments: [String] = [],
    folder: String,
    environment: [String: String],
    enclosure: Enclosure? = nil
  ) throws(Failure) -> About {
    func capture(_ options: [String]) throws(Failure) -> Capture {
      let command =
        enclosure?.command(
          [executable] + arguments + options,
          environment: environment,
          folder: folder
        )
        ?? Command(executable, arguments + options, environment: environment, folder: folder)
      let capture: Capture
      let began = Clock.monotonic
      var isTold = false
      do throws(SpawnError) {
        capture = try Capture.run(command, seconds: patience, limit: 4 << 20) { output in
          if !isTold, Clock.monotonic - began > 5_000_000_000 {
            isTold = true
            // Not the command, which may begin with the sandbox's words.
            let words = ([executable] + arguments + options).joined(separator: " ")
            Console(showsProgress: false).show("waiting for an answer of \(words)")
          }
          return !Self.areMessages(output)
        }
      } catch {
        throw Failure(error)
      }
      let exit = enclosure == nil ? capture.exit : capture.exit.launched
      guard capture.cut == nil, case .signal(let number) = exit else { return capture }
      throw Failure(
        .temporary,
        "\(executable) \(options[0]) was ended by signal \(number)",
        hint: "Nothing was started: run it again."
      )
    }
    let answer = try capture(["--about", "--format=json"])
    guard answer.cut == nil else { return .silent(isSettled: false) }
    if answer.exit.isSuccess, let about = (try? JSONValue.parse(answer.stdout)).flatMap(About.init)
    {
      return about
    }
    let help = try capture(["--help"])
    guard help.cut == nil else { return .silent(isSettled: false) }
    // So shells and launchers say that there is nothing to run: not a word of a tap's own.
    if case .code(let code) = help.exit, code == 126 || code == 127, help.exit == answer.exit {
      throw Failure(
        .configuration,
        "\(executable) cannot be run: \(help.errorLines.last ?? "exit \(code)")",
        hint: enclosure.map { "It ran confined, \($0.text)." }
      )
    }
    var about = About(help: String(decoding: help.stdout + help.stderr, as: UTF8.self))
    if case .silent = about.source {
      about.source = .silent(help.errorLines.last)
      about.isSettled = answer.exit.isSuccess && help.exit.isSuccess
    }
    return about
  }

  /// Asks a connector of Airbyte, by `spec`: its settings.
  static func specified(
    _ executable: String,
    _ role: Plugin.Role,
    folder: String,
    environment: [String: String],
    enclosure: Enclosure? = nil
  ) throws(Failure) -> About {
    let command =
      enclosure?.command([executable, "spec"], environment: environment, folder: folder)
      ?? Command(executable, ["spec"], environment: environment, folder: folder)
    let capture: Capture
    do throws(SpawnError) {
      capture = try Capture.run(command, seconds: patience * 10, limit: 16 << 20)
    } catch {
      throw Failure(error)
    }
    // Logs may come before the answer.
    let messages = capture.stdout.split(separator: 0x0A).compactMap {
      try? JSONValue.parse(Array($0))
    }
    let spec = messages.last { $0["type"]?.string == "SPEC" }
    guard let form = spec?["spec"]?["connectionSpecification"], form.object != nil else {
      var about = About.silent()
      let error = messages.last { $0["trace"]?["error"] != nil }?["trace"]?["error"]
      let told = error?["internal_message"]?.string ?? error?["message"]?.string
      let late = capture.cut == .late ? "spec did not answer in time" : nil
      about.source = .silent(told ?? late ?? capture.errorLines.last ?? "spec gave no answer")
      return about
    }
    // A destination has neither streams of its own nor a state.
    let verbs: Set<String> = role == .tap ? ["catalog", "discover", "state", "test"] : ["test"]
    var about = About(capabilities: verbs, settings: form)
    about.source = .about
    return about
  }

  /// How many seconds an answer may take: interpreters that load much are slow the first time.
  private static let patience = 30.0

  init() {}

  init(capabilities: Set<String>, settings: JSONValue?) {
    self.capabilities = capabilities
    self.settings = settings
  }

  /// What matters to a run, in the form of an answer to `--about`.
  var json: JSONValue {
    var object: JSONObject = [
      "capabilities": .array(capabilities.sorted().map { .string($0) })
    ]
    if let settings { object["settings"] = settings }
    return .object(object)
  }

  /// A program that tells nothing of itself.
  ///
  /// Singer asks every tap to take `--state`: one that does not would fail and be seen, where one
  /// that is not given it would load everything twice.
  static func silent(isSettled: Bool = true) -> About {
    var about = About()
    about.capabilities = ["state"]
    about.source = .silent(nil)
    about.isSettled = isSettled
    return about
  }

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
    source = .help
    for word in ["catalog", "properties", "discover", "state", "test"] {
      let isThere = help.ranges(of: "--\(word)").contains { range in
        guard let next = help[range.upperBound...].first else { return true }
        return !(next.isLetter || next.isNumber || next == "-" || next == "_")
      }
      if isThere { capabilities.insert(word) }
    }
    guard !capabilities.isEmpty || help.contains("--config") else {
      self = .silent()
      return
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
