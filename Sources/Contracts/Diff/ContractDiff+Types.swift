internal import JSON
internal import JSONSchema

/// Types, forms and lists of values.
extension ContractDiff {
  /// How the values of two types stand to each other; of texts those that each reads.
  static func scope(_ old: LogicalType?, _ new: LogicalType?) -> ValueScope {
    let texts: [LogicalType?] = [.date, .timestamp, .time]
    return switch (old, new) {
    case let (before, after) where before == after: .same
    case (nil, _?), (.number?, .integer?), (.array?, .vector?), (.date?, .timestamp?): .narrower
    case (_?, nil), (.integer?, .number?), (.vector?, .array?), (.timestamp?, .date?): .wider
    case (.string?, let after) where texts.contains(after): .narrower
    case (let before, .string?) where texts.contains(before): .wider
    default: .other
    }
  }

  mutating func compareTexts(
    _ old: ContractProperty,
    _ new: ContractProperty,
    _ place: String
  ) {
    func demand(_ before: String?, _ after: String?) -> ValueScope {
      before == after
        ? .same : ValueScope(narrows: after != nil, widens: before != nil)
    }
    told("pattern", old.pattern, new.pattern, place, demand(old.pattern, new.pattern))
    if old.type == .string || new.type == .string {
      // Names that are no format, and `password`, ask nothing of a text.
      let asked = [old, new].map { property -> String? in
        guard property.type == .string, let name = property.format else { return nil }
        return Format(name: name) == nil ? nil : name
      }
      let scope = demand(asked[0], asked[1])
      if old.format != new.format {
        if scope.breaks.isEmpty {
          let texts = [old.format, new.format].map { $0 ?? "none" }
          addWords(place, "format changed from \(texts[0]) to \(texts[1]), which asks nothing")
        } else {
          told("format", old.format, new.format, place, scope)
        }
      }
    }
    compareForms(old.temporal, new.temporal, place)
    compareChoices(old, new, place)
  }

  private mutating func compareForms(
    _ old: TemporalRules?,
    _ new: TemporalRules?,
    _ place: String
  ) {
    guard let old, let new else { return }
    let names = [old, new].map { Self.name($0.form) }
    guard names[0] != names[1] else { return }
    let scope: ValueScope =
      switch (old.form, new.form) {
      case (.unread, _): .narrower
      case (_, .unread): .wider
      case (.isoDate, .pattern), (.isoTimestamp, .pattern):
        new.isDay && Self.name(old.form) == "RFC 3339" ? .narrower : .other
      case (.pattern, .isoDate): old.isDay ? .wider : .other
      default: .other
      }
    add(place, "format changed from \(names[0]) to \(names[1])", breaks: scope.breaks)
  }

  private static func name(_ form: TemporalRules.Form) -> String {
    switch form {
    case .isoDate: "RFC 3339"
    case .isoTimestamp: "an RFC 3339 timestamp"
    case .isoTime: "an RFC 3339 time"
    case .pattern(let pattern): pattern.source
    case .unread: "one that is not evaluated"
    }
  }

  private mutating func compareChoices(
    _ old: ContractProperty,
    _ new: ContractProperty,
    _ place: String
  ) {
    let (before, after) = (old.choices.map(Set.init), new.choices.map(Set.init))
    switch (before, after) {
    case (nil, _?): add(place, "enum is new", breaks: .writers)
    case (_?, nil): add(place, "enum is gone", breaks: .readers)
    case (let before?, let after?):
      let (gone, come) = (before.subtracting(after), after.subtracting(before))
      if !gone.isEmpty { add(place, "enum lost \(Self.words(gone))", breaks: .writers) }
      if !come.isEmpty { add(place, "enum gained \(Self.words(come))", breaks: .readers) }
      let lists = [old, new].map { $0.document["enum"]?.array ?? [] }
      if before == after, Set(lists[0]) != Set(lists[1]) {
        addWords(place, "enum is described otherwise")
      }
    case (nil, nil): break
    }
  }

  static func words(_ values: Set<JSONValue>) -> String {
    values.map { $0.encoded() }.sorted().joined(separator: ", ")
  }
}
