internal import Children
internal import JSON
internal import Wire

/// Answers that a project keeps: asking costs two starts of an interpreter.
extension About {
  /// What a program said of itself when it was asked last, if it is the same program still and is
  /// confined as it was; otherwise it is asked.
  static func kept(
    _ executable: String,
    _ arguments: [String],
    enclosure: Enclosure?,
    home: String,
    ask: () throws(Failure) -> About
  ) throws(Failure) -> About {
    // An argument may be a script, or what an interpreter makes of it.
    let grounds = arguments.isEmpty ? ProgramGrounds.of(executable) : nil
    guard var grounds, let own = Executable.own.flatMap(ProgramGrounds.of) else { return try ask() }
    grounds["asked by"] = .object(own)
    grounds["confinement"] = .string(enclosure?.text ?? "none")
    let kept = KeptAnswer("about", grounds: grounds, home: home)
    if let about = kept.read().flatMap(About.init(kept:)) { return about }
    let about = try ask()
    if about.isSettled { kept.write(about.kept) }
    return about
  }

  private var kept: JSONValue {
    var object: JSONObject = [
      "capabilities": .array(capabilities.sorted().map { .string($0) }),
      "description": .string(summary),
    ]
    switch source {
    case .about: object["source"] = "about"
    case .help: object["source"] = "help"
    case .silent(let line): object["silent"] = line.map { .string($0) } ?? .null
    }
    if let version { object["version"] = .string(version) }
    if let settings { object["settings"] = settings }
    return .object(object)
  }

  private init?(kept value: JSONValue) {
    self.init(value)
    switch value["source"]?.string {
    case "about": source = .about
    case "help": source = .help
    default: source = .silent(value["silent"]?.string)
    }
  }
}
