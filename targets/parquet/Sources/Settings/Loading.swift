import Columns
import ConnectorKit
import JSON
import Wire

/// What becomes of a stream's rows and columns that are in its table already.
struct Loading {
  static let settings = [
    Setting(
      "load_method",
      .string,
      "append adds to the rows that are there; overwrite replaces them, once the load has ended well.",
      default: "append",
      choices: ["append", "append-only", "overwrite", "upsert"]
    ),
    Setting(
      "hard_delete",
      .boolean,
      "ACTIVATE_VERSION removes the rows of other versions of the table; without it and with "
        + "\"add_record_metadata\" it sets _sdc_deleted_at in those of smaller ones.",
      default: false
    ),
    Setting(
      "snapshots",
      .boolean,
      "Rows lie behind a link \"current\" in the table's folder, which changes in one step when rows go: "
        + "readers see those before or those after.",
      default: false
    ),
    Setting(
      "dedupe",
      .string,
      "key skips a record that is equal in every column to the last one with the same key.",
      default: "none",
      choices: ["none", "key"]
    ),
    Setting(
      "dedupe_window",
      .integer,
      "Among how many rows, the last of the table and those of this load, \"dedupe\" looks for one.",
      default: 500_000
    ),
    Setting(
      "nested",
      .string,
      "Objects and lists: native columns, json text, or objects taken apart by flatten.",
      default: "native",
      choices: ["native", "json", "flatten"]
    ),
    Setting(
      "flatten_depth",
      .integer,
      "How many objects within one another are taken apart; deeper ones are JSON text.",
      default: 5
    ),
    Setting(
      "flatten_separator",
      .string,
      "What stands between the names of a path.",
      default: "__"
    ),
    Setting(
      "add_record_metadata",
      .boolean,
      "Columns that tell when and how a record came: _sdc_extracted_at, _sdc_sequence, …, "
        + "_dativo_run_id.",
      default: false
    ),
    Setting(
      "time_unit",
      .string,
      "The unit of times and timestamps; nanos hold the years 1677 to 2262.",
      default: "micros",
      choices: TimeUnit.allCases.map(\.rawValue)
    ),
    Setting(
      "schema_policy",
      .string,
      "evolve takes new columns and wider types; freeze refuses every change of the columns.",
      default: "evolve",
      choices: ["evolve", "freeze"]
    ),
  ]

  /// Whether the rows that are there give way to those of a whole load.
  var overwrites: Bool
  let deletesOtherVersions: Bool
  /// Whether rows that go and those that come change places in one step.
  let hasSnapshots: Bool
  let isFrozen: Bool
  private let nestsAsJSON: Bool
  let flattening: Flattening?
  let addsMetadata: Bool
  /// Among how many rows repeated ones are found; nil where none is skipped.
  let repeatWindow: Int?
  private let dedupePlace: String
  let timeUnit: TimeUnit

  /// The columns of a stream's schema as its table gets them.
  func columns(of schema: Schema) -> Schema {
    let columns = Schema(schema.fields.map { column($0, depth: 0) })
    return addsMetadata ? RecordMetadata.added(to: columns) : columns
  }

  /// Whether an object below so many others is not taken apart; nil stands for those in lists.
  private func isTooDeep(_ depth: Int?) -> Bool {
    guard let depth, let flattening else { return false }
    return depth >= flattening.depth
  }

  private func column(_ field: Field, depth: Int?) -> Field {
    var field = field
    switch field.type {
    case .structure where nestsAsJSON || isTooDeep(depth), .list where nestsAsJSON,
      .map where nestsAsJSON:
      field.type = .json
    case .time: field.type = .time(timeUnit)
    case .timestamp(_, let utc): field.type = .timestamp(timeUnit, utc: utc)
    case .structure(let fields):
      field.type = .structure(fields.map { column($0, depth: depth.map { $0 + 1 }) })
    case .list(let element): field.type = .list(column(element, depth: nil))
    case .map(let key, let value): field.type = .map(key: key, value: column(value, depth: nil))
    default: break
    }
    return field
  }

  /// Refuses a stream whose repeated rows cannot be told by its `keys`.
  func check(keys: [String], _ schema: Schema, stream: String) throws(Failure) {
    guard repeatWindow != nil else { return }
    func refusal(_ what: String) -> Failure {
      Failure(
        .configuration,
        "\(dedupePlace): stream \(stream) \(what), which \"dedupe\" needs",
        hint: "Let the tap or its catalog name key_properties, or leave \"dedupe\" out."
      )
    }
    guard !keys.isEmpty else { throw refusal("has no key_properties") }
    for key in keys {
      switch schema.fields.first(where: { $0.name.hasSameBytes(as: key) })?.type {
      case nil: throw refusal("has no column for its key \(key)")
      case .structure, .list: throw refusal("has no single value as its key \(key)")
      default: break
      }
    }
  }

  private func checkSnapshots(
    _ value: (String) -> JSONValue?,
    _ place: String
  ) throws(Failure) {
    guard hasSnapshots else { return }
    if value("destination")?.string?.hasPrefix("s3://") == true {
      throw Failure(
        .configuration,
        "\(place): \"snapshots\" needs links, which S3 has not",
        hint: "Leave it out: rows are then absent for a moment when they change, never doubled."
      )
    }
    if value("shared")?.bool == true {
      throw Failure(
        .configuration,
        "\(place): a table that is \"shared\" cannot have \"snapshots\"",
        hint: "Leave one of the two out."
      )
    }
  }

  /// Reads the settings; `value` finds one by its name, `place` where it stands.
  init(
    _ value: (String) -> JSONValue?,
    place: (String) -> String
  ) throws(Failure) {
    let method = value("load_method")?.string
    if method == "upsert" {
      throw Failure(
        .configuration,
        "\(place("load_method")): plain Parquet files cannot be updated in place: no \"upsert\"",
        hint: "\"append\" keeps every version of a row, from which a query takes the latest; "
          + "\"overwrite\" replaces the table by each load."
      )
    }
    overwrites = method == "overwrite"
    deletesOtherVersions = value("hard_delete")?.bool ?? false
    hasSnapshots = value("snapshots")?.bool ?? false
    timeUnit = value("time_unit")?.string.flatMap(TimeUnit.init(rawValue:)) ?? .micros
    addsMetadata = value("add_record_metadata")?.bool ?? false
    dedupePlace = place("dedupe")
    let window = value("dedupe_window")?.number?.int64 ?? 500_000
    guard window > 0 else {
      throw Failure(
        .configuration,
        "\(place("dedupe_window")): \"dedupe_window\" must be at least 1"
      )
    }
    repeatWindow = value("dedupe")?.string == "key" ? Int(window) : nil
    let nested = value("nested")?.string
    nestsAsJSON = nested == "json"
    let depth = Int(value("flatten_depth")?.number?.int64 ?? 5)
    guard depth > 0 else {
      throw Failure(
        .configuration,
        "\(place("flatten_depth")): \"flatten_depth\" must be at least 1"
      )
    }
    flattening =
      nested == "flatten"
      ? Flattening(depth: depth, separator: value("flatten_separator")?.string ?? "__") : nil
    isFrozen = value("schema_policy")?.string == "freeze"
    try checkSnapshots(value, place("snapshots"))
    guard overwrites else { return }
    if value("tail")?.string == "discard" {
      throw Failure(
        .configuration,
        "\(place("load_method")): \"overwrite\" takes a load as a whole, and \"tail\": \"discard\" "
          + "takes its end away",
        hint: "Leave \"tail\" out."
      )
    }
    if value("shared")?.bool == true {
      throw Failure(
        .configuration,
        "\(place("load_method")): a table that is \"shared\" is only ever added to",
        hint: "Leave \"shared\" out, or use \"append\"."
      )
    }
  }
}
