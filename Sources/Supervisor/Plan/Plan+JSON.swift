package import JSON

extension Plan {
  /// The plan as `dativo plan --json` shows it, secrets hidden.
  package var json: JSONValue {
    var object = JSONObject()
    object["job"] = .string(job)
    object["pipeline"] = .string(pipeline)
    object["delivery"] = .string(delivery.rawValue)
    object["source"] = .string(source)
    object["folder"] = .string(folder)
    object["mode"] = .string(mode.rawValue)
    object["contracts"] = .array(contracts.map { .string($0) })
    if let quarantine { object["quarantine"] = .string(quarantine) }
    if let streams { object["streams"] = .array(streams.map { .string($0) }) }
    let redactor = Redactor.known
    object["state"] = redactor.applied(to: state ?? .null)
    object["stages"] = .array(stages.map { redactor.applied(to: $0.json) })
    object["files"] = .array(
      files.map { file in
        [
          "path": .string(file.path),
          "content": redactor.applied(to: Redaction.shown(file.content)),
        ]
      }
    )
    return .object(object)
  }

  /// The plan for people.
  package var text: String {
    var lines = ["job       \(job)"]
    lines.append("pipeline  \(pipeline), \(delivery.rawValue)")
    lines.append("source    \(source)")
    if let streams {
      lines.append(
        "streams   \(streams.isEmpty ? "none selected" : streams.joined(separator: ", "))"
      )
    }
    let rules = contracts.isEmpty ? "the schemas of the streams" : contracts.joined(separator: ", ")
    lines.append("rules     \(rules), \(mode.rawValue)")
    if let quarantine { lines.append("bad rows  \(quarantine)") }
    lines.append("state     \(state.map { $0.encoded() } ?? "none: everything is loaded")")
    lines.append("")
    for (index, stage) in stages.enumerated() {
      let words = ([stage.executable] + stage.arguments).map(Self.quoted).joined(separator: " ")
      lines.append("\(index == 0 ? "  " : "| ")\(words)")
    }
    lines.append("")
    for file in files where !file.path.hasSuffix("tap.catalog.json") {
      lines.append("\(file.path):")
      lines.append(Redaction.shown(file.content).encoded(pretty: true))
    }
    return Redactor.known.applied(to: lines.joined(separator: "\n"))
  }

  /// A word as a shell takes it.
  private static func quoted(_ word: String) -> String {
    let isPlain =
      !word.isEmpty
      && word.utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x3A, 0x41...0x5A, 0x61...0x7A, 0x2B...0x2F, 0x3D, 0x40, 0x5F, 0x25: true
        default: false
        }
      }
    return isPlain
      ? word
      : "'"
        + word.split(separator: "'", omittingEmptySubsequences: false)
        .joined(separator: "'\\''") + "'"
  }
}

extension Plan.Stage {
  var json: JSONValue {
    [
      "role": .string(role.rawValue), "name": .string(name), "executable": .string(executable),
      "arguments": .array(arguments.map { .string($0) }),
      "environment": .array(environment.keys.sorted().map { .string($0) }),
      "sandbox": sandbox,
    ]
  }
}

extension Plan.Stage {
  /// How it is confined; `none` for what is not, null for a program of ours.
  package var sandbox: JSONValue {
    if let confined = enclosure?.json ?? container?.json { return confined }
    return isOurs ? .null : "none"
  }
}

extension Plan {
  /// How the connectors are confined, by role; those of ours, which are not, are left out.
  var sandbox: JSONObject {
    var object = JSONObject()
    for stage in stages where !stage.isOurs { object[stage.role.rawValue] = stage.sandbox }
    return object
  }

  /// The same, a line for each.
  var sandboxLines: [(text: String, isConfined: Bool)] {
    stages.filter { !$0.isOurs }.map { stage in
      if let text = stage.enclosure?.text ?? stage.container?.text {
        return ("\(stage.name) is confined: \(text)", true)
      }
      let kept = StageEnvironment.withheld.filter { stage.environment[$0] == nil }
      let told =
        kept.isEmpty
        ? "" : "; it does not get \(kept.joined(separator: ", ")), which \"env\" may name"
      return ("\(stage.name) runs unconfined: the job says `sandbox: none`\(told)", false)
    }
  }
}
