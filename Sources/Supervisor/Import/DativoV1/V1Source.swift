internal import Contracts
internal import JSON

/// The source of a job: the tap that reads what the predecessor's connector read.
struct V1Source {
  /// What came of it.
  struct Made {
    var section: JSONObject
    /// What is read, for people.
    var title: String
    /// What messages call the stream.
    var stream: String
  }

  let job: V1Job
  let asset: V1Asset?
  let project: V1Project
  var reference: V1Reference { V1Reference(tenant: job.tenant, connector: job.sourceType) }

  /// The section; nil, with a note, where no tap reads the like.
  func make(_ notes: inout ImportNotes) -> Made? {
    if let reader = job.source["custom_reader"] {
      notes.left(
        reader,
        "the custom reader \(reader.text ?? "") runs inside the predecessor: the job is not carried",
        hint: "Make it a program that prints SCHEMA, RECORD and STATE lines, and write a job with "
          + "`source: {command: [./tap-mine]}`."
      )
      return nil
    }
    strangers(&notes)
    switch job.sourceType {
    case "csv": return csv(&notes)
    case "postgres", "postgresql": return database(.postgres, &notes)
    case "mysql": return database(.mysql, &notes)
    case "stripe": return service(.stripe, &notes)
    case "hubspot": return service(.hubspot, &notes)
    default: return engine(&notes)
    }
  }

  /// What is read: the job's object, the first of several.
  func object(_ notes: inout ImportNotes) -> String {
    if let object = job.source["object"]?.text { return object }
    if let objects = job.source["objects"], let first = objects.texts.first?.text {
      if let own = job.root["source"]?["objects"] {
        notes.deprecated(own, "\"objects\"; a job has one asset and one \"object\"")
      }
      for other in objects.texts.dropFirst() {
        notes.left(other, "the object \(other.text ?? ""): a job of the predecessor has one asset")
      }
      return first
    }
    return asset?.object ?? job.stem
  }

  /// A variable for the one secret of a service.
  func credential(_ notes: inout ImportNotes) -> JSONValue {
    if let name = job.source["credentials", "from_env"]?.texts.first?.text {
      return .string("${\(name)}")
    }
    for key in ["api_key", "token", "access_token"] {
      if let value = job.source["credentials", key] { return reference.value(key, value, &notes) }
    }
    let name = reference.variable("api_key")
    if let place = job.source["credentials"] {
      notes.left(
        place,
        "where the secret lies: it is read from the variable \(name)",
        hint: "Run `export \(name)=…`."
      )
    }
    return .string("${\(name)}")
  }

  /// Settings that have no place in a job.
  private func strangers(_ notes: inout ImportNotes) {
    if let limits = job.root["source"]?["rate_limits"] {
      notes.left(limits, "rate_limits: taps keep those of their service by themselves")
    }
    if let state = job.source["incremental", "state_path"] {
      notes.left(
        state,
        "the state \(state.text ?? "")",
        hint: "The first run reads everything; `dativo state set JOB` begins elsewhere."
      )
    }
    if let days = job.source["incremental", "lookback_days"], days.text != "0" {
      notes.left(
        days,
        "lookback_days \(days.text ?? "")",
        hint: "`dativo state edit JOB` sets a cursor back."
      )
    }
    let known: Set<String> = [
      "type", "description", "custom_reader", "object", "objects", "files", "tables", "credentials",
      "connection", "incremental", "rate_limits", "engine", "dsn",
    ]
    for (key, value) in job.root["source"]?.members ?? [] where !known.contains(key) {
      notes.left(value, "source.\(key)")
    }
  }

  /// A tap that the recipe's engine names, with what it was configured with.
  private func engine(_ notes: inout ImportNotes) -> Made? {
    let place = job.root["source_connector"] ?? job.root["source"]?["type"] ?? job.root
    guard let tap = job.engineOptions["tap"] ?? job.engineOptions["tap_name"], let name = tap.text
    else {
      notes.left(
        place,
        "nothing here reads \(job.sourceType) as the predecessor did: the job is not carried",
        hint: "`dativo plugins list --all` has the taps that are known."
      )
      return nil
    }
    var config = JSONObject()
    for layer in [job.engineOptions["tap_config"], job.source["connection"]].compactMap(\.self) {
      for (key, value) in layer.members { config[key] = reference.value(key, value, &notes) }
    }
    let stream = object(&notes)
    notes.carried(tap, "the tap \(name), run as it is: its environment is not")
    return Made(
      section: [
        "command": [.string(name)], "config": .object(config), "select": [.string("\(stream).*")],
      ],
      title: name,
      stream: stream
    )
  }
}
