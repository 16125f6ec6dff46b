import ConnectorKit
import Contracts
import JSON
import Wire

/// What happens to a record that breaks its contract.
enum Mode: String, CaseIterable {
  case strict, warn, quarantine
}

/// How many violating records are too many.
enum Limit: Equatable {
  case count(Int)
  case percent(Double)

  init(_ text: String) throws(Failure) {
    if text.hasSuffix("%"), let value = Double(text.dropLast()), value >= 0, value <= 100 {
      self = .percent(value)
    } else if let count = Int(text), count >= 0 {
      self = .count(count)
    } else {
      throw Failure(
        .usage,
        "--max-violations \(text) is neither a number nor a percentage",
        hint: "Write 100, or 2.5%."
      )
    }
  }
}

/// What the executable was told to do.
struct Settings {
  static let info = PluginInfo(
    "dativo-validate",
    "Holds streams of records to their data contracts (ODCS), or to their own schema.",
    capabilities: ["about", "airbyte"],
    settings: [
      Setting("contract", .string, "A data contract file."),
      Setting("contracts", .array, "Data contract files."),
      Setting("contracts_folder", .string, "A folder of data contract files."),
      Setting(
        "mode",
        .string,
        "What happens to a violating record.",
        default: "strict",
        choices: Mode.allCases.map(\.rawValue)
      ),
      Setting("quarantine", .string, "The file for violating records in mode quarantine."),
      Setting("report", .string, "The file for the report."),
      Setting("catalog", .string, "The catalog, for streams that send no schema."),
      Setting("lenient", .boolean, "Relay lines that are not JSON to stderr.", default: false),
      Setting(
        "max_violations",
        .share,
        "Fail above so many violating records: 100 or \"2%\"."
      ),
      Setting(
        "unknown_fields",
        .string,
        "What a field is that the contract lacks: passed and counted, or a violation.",
        default: "pass",
        choices: ["pass", "refuse"]
      ),
      Setting(
        "between",
        .string,
        "Whether mustBeBetween includes its bounds; the standard's text says exclusive.",
        default: "exclusive",
        choices: ["exclusive", "inclusive"]
      ),
      Setting(
        "masking",
        .object,
        "What is masked: actions under classification, tags and fields; default_classified."
      ),
      Setting(
        "mask_key_file",
        .string,
        "The file of the key for hashes, 16 bytes or more; else DATIVO_MASK_KEY is it."
      ),
      Setting(
        "secrets_file",
        .string,
        "A private file with a JSON list of texts that reasons and reports do not repeat."
      ),
      Setting(
        "drift",
        .object,
        "{tables, columns, types}: what happens to what the contracts do not know.",
        members: DriftPolicy.keys.map { key in
          Setting(
            key,
            .string,
            "evolve tells of it, freeze ends the run, quarantine sets records aside, discard leaves it out.",
            choices: DriftPolicy.Action.allCases.map(\.rawValue)
          )
        }
      ),
      Setting(
        "severity",
        .object,
        "{RULE or OBJECT.FIELD.RULE: error or warning}: what a breach weighs, whatever the contract says."
      ),
      Setting(
        "whole_dataset",
        .boolean,
        "The input is the whole dataset: rules of dativo.scope dataset are judged, too.",
        default: false
      ),
      Setting(
        "deselected",
        .object,
        "{STREAM: true, or [[FIELD, …], …]}: what is left out, should the tap send it all the same."
      ),
      Setting(
        "incremental",
        .array,
        "Streams of which only changes come, as of those that the catalog reads so: their keys may repeat."
      ),
      Setting(
        "record_limit",
        .integer,
        "Only so many records of each stream pass; no STATE after the first that does not."
      ),
      Setting(
        "keep_state",
        .boolean,
        "STATE stays here, and so does what would end older rows: the input is a part of the data.",
        default: false
      ),
      Setting("run_id", .string, "The id of the run in quarantine and report; default random."),
      Setting(
        "key_memory",
        .size,
        "Memory for the keys of a stream that must be unique; more of them go to files in TMPDIR.",
        default: "64MiB"
      ),
      Setting("max_line_size", .size, "The longest line that is read.", default: "64MiB"),
      Setting(
        "control_socket",
        .string,
        "A path where `dativo peek` may ask for lines, with masks applied."
      ),
    ]
  )

  var contracts: [String] = []
  var folder: String?
  var mode = Mode.strict
  var quarantine: String?
  var report: String?
  var catalog: String?
  var isLenient = false
  var limit: Limit?
  var refusesUnknown = false
  var inclusiveBetween = false
  var masking: JSONValue?
  var maskKeyFile: String?
  let secrets: SecretTexts
  var drift = DriftPolicy()
  var severities = Severities()
  var isWholeDataset = false
  var incremental: Set<String> = []
  var deselected: [String: Deselection] = [:]
  /// How many records of each stream pass; nil for all.
  var recordLimit: Int?
  /// Whether STATE and ACTIVATE_VERSION are kept from the target.
  var keepsState = false
  var runID: String
  var keyMemory = 64 << 20
  var lineLimit = 64 << 20
  var controlSocket: String?
  private let configuration: Configuration

  init(_ configuration: Configuration) throws(Failure) {
    self.configuration = configuration
    contracts = [configuration.string("contract")].compactMap(\.self)
    contracts += configuration["contracts"]?.array?.compactMap(\.string) ?? []
    folder = configuration.string("contracts_folder")
    mode = configuration.string("mode").flatMap { Mode(rawValue: $0) } ?? .strict
    quarantine = configuration.string("quarantine")
    report = configuration.string("report")
    catalog = configuration.string("catalog")
    isLenient = configuration.bool("lenient")
    if let value = configuration["max_violations"] {
      limit = try Limit(value.string ?? value.number?.text ?? "")
    }
    refusesUnknown = configuration.string("unknown_fields") == "refuse"
    inclusiveBetween = configuration.string("between") == "inclusive"
    masking = configuration["masking"]
    maskKeyFile = configuration.string("mask_key_file")
    secrets = try SecretTexts(configuration.string("secrets_file"))
    if let value = configuration["drift"] {
      do throws(DriftPolicy.Problem) {
        try drift.apply(value)
      } catch {
        let place = configuration.place(["drift"] + [error.key].compactMap(\.self))
        throw Failure(.configuration, "\(place): \(error.message)", hint: error.hint)
      }
    }
    if let value = configuration["severity"] {
      do throws(Severities.Problem) {
        severities = try Severities(value)
      } catch {
        throw Self.failure(error, configuration)
      }
    }
    isWholeDataset = configuration.bool("whole_dataset")
    incremental = Set(configuration["incremental"]?.array?.compactMap(\.string) ?? [])
    for (name, value) in configuration["deselected"]?.object?.members ?? [] {
      guard let found = Deselection(value) else {
        throw Failure(
          .configuration,
          "\(configuration.place(["deselected", name])): it is neither true nor a list of paths",
          hint:
            #"Write {"deselected": {"orders": [["ssn"], ["home", "zip"], ["lines", "*", "note"]]}}."#
        )
      }
      deselected[name] = found
    }
    recordLimit = configuration["record_limit"]?.number?.int64.map { Int($0) }
    keepsState = configuration.bool("keep_state")
    var generator = SystemRandomNumberGenerator()
    runID = configuration.string("run_id") ?? String(generator.next(), radix: 16)
    keyMemory = try configuration.size("key_memory") ?? keyMemory
    lineLimit = try configuration.size("max_line_size") ?? lineLimit
    controlSocket = configuration.string("control_socket")
  }

  /// Whether there are texts that must not be repeated.
  var hasSecrets: Bool { configuration.string("secrets_file") != nil }

  /// Where a setting stands, for messages; see `Configuration.place`.
  func place(_ path: [String]) -> String { configuration.place(path) }

  /// Where a setting stands, for messages.
  func place(_ name: String) -> String { configuration.place([name]) }

  /// Whether records pass that break the contract, so that the outgoing SCHEMA may not say more
  /// than the one that came.
  var admitsMisfits: Bool { mode == .warn || severities.lowers }

  /// What is wrong with the severities, with its place.
  func failure(_ problem: Severities.Problem) -> Failure { Self.failure(problem, configuration) }

  private static func failure(
    _ problem: Severities.Problem,
    _ configuration: Configuration
  ) -> Failure {
    let place = configuration.place(["severity"] + [problem.key].compactMap(\.self))
    return Failure(.configuration, "\(place): \(problem.message)", hint: problem.hint)
  }

  /// Refuses what does not go together.
  func check() throws(Failure) {
    if let recordLimit, recordLimit < 1 {
      throw Failure(.configuration, "\(place("record_limit")): it must be at least 1")
    }
    if mode != .quarantine, drift.quarantines {
      throw Failure(
        .usage,
        "drift quarantine has no effect in mode \(mode.rawValue)",
        hint: "Add --mode quarantine --quarantine FILE."
      )
    }
    if mode == .quarantine, quarantine == nil {
      throw Failure(
        .usage,
        "mode quarantine needs a file for the violating records",
        hint: "Add --quarantine FILE."
      )
    }
    if mode != .quarantine, let quarantine {
      throw Failure(
        .usage,
        "--quarantine \(quarantine) has no effect in mode \(mode.rawValue)",
        hint: "Add --mode quarantine, or leave --quarantine out."
      )
    }
  }
}
