import Contracts
import JSON
import JSONSchema
import Wire

/// One stream: its checks and what they have found.
final class StreamCheck {
  /// What identifies an entry of the report.
  struct RuleKey: Hashable {
    var rule: String
    var code: String?
    var pointer: String
    var severity: Finding.Severity
  }

  /// How often a rule was broken at one place.
  struct Tally {
    var count = 0
    var firstLine: Int
    /// The first finding, in words.
    var example: String
  }

  let name: String
  let entry: ContractSet.Entry?
  /// The contract's object, compiled; nil where there is none.
  let object: ObjectCheck?
  /// What happens where the stream is not as the contract has it, and where it is not.
  let policy: DriftPolicy
  var drift: [Drift] = []
  /// What breaches weigh here, where a setting says so.
  let severities: Severities.OfStream
  /// What is masked of the stream's records; nil if nothing is.
  let masking: StreamMasking?
  /// What is coerced of the stream's records; nil if nothing is.
  let coercion: StreamCoercion?
  /// What of it is not wanted; nil where all is.
  let deselection: Deselection?
  var hasToldUnwanted = false
  /// The stream's own schema, where it is the measure.
  var schema: JSONSchema?
  var fast: FastCheck?
  /// What stays of records where fields are left out; nil where all stay.
  private(set) var knownFields: KnownFields?
  var form = LineForm()
  /// The `key_properties` that are in the schema: each must be present in a record.
  var keyProperties: [String] = []
  var keys: [KeySet]
  /// The keys of the record at hand, by their places among `keys`.
  var hashes: [(key: Int, hash: KeySet.Hash)] = []
  /// The newest dates, where the contract promises how fresh they are.
  var newest: [Newest] = []
  /// The last SCHEMA line, and what left in its place.
  var schemaLine: [UInt8] = []
  var schemaOutput: [UInt8]?

  /// Whether records were left out since there were enough.
  var isCut = false
  /// Whether nothing of the stream came, not even its SCHEMA.
  var isAbsent = false
  var read = 0
  var passed = 0
  var violating = 0
  var quarantined = 0
  /// Records of a stream that no contract describes, left out.
  var discarded = 0
  var bytes = 0
  var violations: [RuleKey: Tally] = [:]
  var tallies: [Int]
  /// Fields that records had beyond those known, found outside the fast check.
  var unknown: [String: Int] = [:]
  /// How many such fields the fast check has counted of the record that comes next.
  var pendingUnknown = 0
  private var knownNames: Set<String> = []
  var skipped: [ObjectCheck.Skipped] = []
  /// For each rule of the end that can be lost before: the count that loses it, and the line at which
  /// it was reached.
  var losses: [Loss] = []
  var endings: [EndResult] = []

  init(
    _ name: String,
    _ entry: ContractSet.Entry?,
    _ settings: Settings,
    isIncremental: Bool = false,
    maskKey: MaskKey? = nil
  ) {
    self.name = name
    self.entry = entry
    let policy = entry?.drift ?? settings.drift
    self.policy = policy
    deselection = settings.deselected[name]
    object = entry?.check(settings, isIncremental: isIncremental)
    severities = settings.severities.of(entry?.object)
    coercion = entry.flatMap { CoercionNode($0.object) }.map(StreamCoercion.init)
    if let mask = entry?.mask, let object {
      masking = StreamMasking(mask, object, key: maskKey)
    } else {
      masking = nil
    }
    let count = max(object?.keys.count ?? 0, 1)
    keys = (object?.keys ?? []).map { _ in KeySet(limit: settings.keyMemory / count) }
    tallies = (object?.endRules ?? []).map { _ in 0 }
    skipped = object?.skipped ?? []
    if let entry, let object {
      let promises = Freshness.of(entry.contract, entry.object)
      newest = promises.found.map { Newest($0, capture: object.capture($0.field)) }
      skipped += promises.skipped
    }
    losses = lossesToCome(inclusiveBetween: settings.inclusiveBetween)
    compile()
  }

  /// Whether records that pass may leave as other bytes.
  var isRewritten: Bool { masking != nil || coercion != nil }

  /// Makes the fast check anew, after the schema or the keys have changed.
  func compile() {
    collectUnknown()
    knownFields = whatStays()
    if let object {
      var shape = object.shape(present: keyProperties)
      if let wantedFields { shape = wantedFields.pruned(shape) }
      knownNames = Set(shape.properties.map(\.name))
      fast = FastCheck(
        shape,
        captures: object.captureCount,
        refusesDuplicates: true
      )
    } else if let schema {
      var shape = schema.root.shape()
      for (index, property) in shape.properties.enumerated() {
        shape.properties[index].required = keyProperties.contains(property.name)
      }
      if let wantedFields { shape = wantedFields.pruned(shape) }
      knownNames = Set(schema.root.properties.map(\.name))
      // Where the whole record must be read as a tree anyway, the exact check alone is as fast, and
      // counts fields that nobody has announced.
      fast = shape.exact == nil ? FastCheck(shape, refusesDuplicates: false) : nil
    } else {
      fast = nil
    }
  }

  /// The fields of a record that the fast check has no name for, in their order.
  func unknownNames(_ record: JSONObject) -> [String] {
    guard object != nil || schema != nil else { return [] }
    var names: [String] = []
    for (name, value) in record.members {
      if !knownNames.contains(name) { names.append(name) }
      object?.listUnknown(in: value, of: name, &names)
    }
    return names
  }

  /// Keeps what a fast check that goes away has counted.
  private func collectUnknown() {
    for (name, count) in fast?.unknownKeys ?? [] { unknown[name, default: 0] += count }
  }

  /// All fields beyond those known, with how many records had each.
  var unknownFields: [(name: String, count: Int)] {
    var all = unknown
    for (name, count) in fast?.unknownKeys ?? [] { all[name, default: 0] += count }
    return all.filter { $0.value > 0 && object?.isUnknown($0.key) ?? true }.sorted {
      $0.key < $1.key
    }.map { ($0.key, $0.value) }
  }

  /// Counts one finding.
  func note(_ finding: Finding, line: Int) {
    let key = RuleKey(
      rule: finding.rule,
      code: finding.code,
      pointer: finding.pointer,
      severity: finding.severity
    )
    violations[key, default: Tally(firstLine: line, example: finding.message)].count += 1
  }
}
