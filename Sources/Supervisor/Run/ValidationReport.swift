package import JSON
internal import Posix

/// The figures that the middle stage leaves in its report.
package struct ValidationReport: Sendable {
  /// Records of one stream.
  package struct Stream: Sendable, Hashable {
    package var read = 0
    package var passed = 0
    package var violating = 0
    package var quarantined = 0
    /// Left out since no contract describes them and `drift` says so.
    package var discarded = 0
    /// What the rules said beyond single records.
    package var rules = RuleRemarks()

    package init(
      read: Int = 0,
      passed: Int = 0,
      violating: Int = 0,
      quarantined: Int = 0,
      discarded: Int = 0,
      rules: RuleRemarks = RuleRemarks()
    ) {
      self.read = read
      self.passed = passed
      self.violating = violating
      self.quarantined = quarantined
      self.discarded = discarded
      self.rules = rules
    }

    /// What must have reached the stage after.
    package var passedOn: Int { read - quarantined - discarded }
  }

  /// What was left out since there was enough.
  package struct Limit: Sendable, Hashable {
    /// How many records of each stream passed at most.
    package var records: Int
    /// The streams that had more.
    package var cut: [String]
    /// How many passed behind the last STATE, so that they come again.
    package var afterState: Int

    package init(records: Int, cut: [String], afterState: Int) {
      self.records = records
      self.cut = cut
      self.afterState = afterState
    }
  }

  /// By name.
  package var streams: [String: Stream] = [:]
  /// Whether records passed that were not counted: those in the files of BATCH messages.
  package var hasUncounted = false
  /// Nil where all that came passed.
  package var limit: Limit?

  package init() {}

  /// Reads the report at `path`; nil where there is none.
  package init?(path: String) {
    guard let bytes = try? Files.read(path), let value = try? JSONValue.parse(bytes) else {
      return nil
    }
    self.init(value)
  }

  /// Reads a report; its streams are an object, or a list whose elements carry their names.
  package init?(_ value: JSONValue) {
    // A stage that was killed has left the one of its beginning.
    if value["result"]?.string == "unfinished" { return nil }
    var found: [(name: String, value: JSONValue)] = []
    if let object = value["streams"]?.object {
      found = object.map { ($0.key, $0.value) }
    } else if let list = value["streams"]?.array {
      found = list.map { ($0["stream"]?.string ?? $0["name"]?.string ?? "", $0) }
    } else {
      return nil
    }
    for (name, value) in found {
      func figure(_ key: String) -> Int { Int(value[key]?.number?.int64 ?? 0) }
      streams[name] = Stream(
        read: figure("read"),
        passed: figure("passed"),
        violating: figure("violating"),
        quarantined: figure("quarantined"),
        discarded: figure("discarded"),
        rules: RuleRemarks(value)
      )
    }
    hasUncounted = value["not_checked"]?["BATCH"] != nil
    if let found = value["limit"] {
      func figure(_ key: String) -> Int { Int(found[key]?.number?.int64 ?? 0) }
      limit = Limit(
        records: figure("records"),
        cut: (found["cut"]?.array ?? []).compactMap(\.string),
        afterState: figure("after_state")
      )
    }
  }

  package var read: Int { sum(\.read) }
  package var passed: Int { sum(\.passed) }
  package var violating: Int { sum(\.violating) }
  package var quarantined: Int { sum(\.quarantined) }
  package var discarded: Int { sum(\.discarded) }
  /// Whether a rule of severity error about a stream as a whole was broken.
  package var breaksRules: Bool { streams.values.contains { $0.rules.isBroken } }

  private func sum(_ figure: KeyPath<Stream, Int>) -> Int {
    streams.values.reduce(0) { $0 + $1[keyPath: figure] }
  }
}
