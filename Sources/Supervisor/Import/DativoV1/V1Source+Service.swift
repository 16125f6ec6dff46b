internal import Contracts
internal import JSON

extension V1Source {
  /// A web service, and the tap of the catalog that reads it.
  struct Service {
    let tap: String
    /// The setting that takes the predecessor's one secret.
    let secret: String
    /// Settings that the predecessor did without.
    let others: [(setting: String, variable: String)]

    static let stripe = Service(
      tap: "stripe",
      secret: "client_secret",
      others: [("account_id", "STRIPE_ACCOUNT_ID")]
    )
    static let hubspot = Service(tap: "meltano-hubspot", secret: "access_token", others: [])
  }

  /// One object of a service.
  func service(_ kind: Service, _ notes: inout ImportNotes) -> Made? {
    let stream = object(&notes)
    var config = JSONObject()
    config[kind.secret] = credential(&notes)
    let place = job.root["source_connector"] ?? job.root["source"] ?? job.root
    for (setting, variable) in kind.others {
      config[setting] = .string("${\(variable)}")
      notes.left(
        place,
        "the tap \(kind.tap) wants \(setting), which the predecessor did not",
        hint: "Run `export \(variable)=…`."
      )
    }
    let start = job.engineOptions["start_date"] ?? job.engineOptions["start_date_default"]
    if let start, let text = start.text {
      config["start_date"] = .string(text.count == 10 ? "\(text)T00:00:00Z" : text)
      notes.carried(start, "start_date \(text)")
    }
    if let image = job.engineOptions["docker_image"] {
      notes.left(
        image,
        "the image \(image.text ?? ""): the Singer tap \(kind.tap) takes its place",
        hint: "Its fields may have other names; `dativo preview JOB` shows them."
      )
    }
    if let cursor = job.root["source"]?["incremental"]?["cursor_field"] {
      notes.left(cursor, "the cursor \(cursor.text ?? ""): the tap \(kind.tap) has its own")
    }
    notes.carried(
      place,
      "\(job.sourceType) is read by the tap \(kind.tap)",
      hint: "Run `dativo plugins add \(kind.tap)`."
    )
    return Made(
      section: [
        "tap": .string(kind.tap), "config": .object(config), "select": [.string("\(stream).*")],
      ],
      title: kind.tap,
      stream: stream
    )
  }
}
