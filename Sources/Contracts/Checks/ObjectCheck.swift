package import JSON
package import JSONSchema

/// An object of a contract, compiled: what each record of its stream must fulfil.
package final class ObjectCheck {
  /// A tuple of fields that must not repeat, or whose repeats are counted.
  package struct Key: Sendable {
    package let rule: String
    package let fields: [String]
    package let pointer: String
    package let isWarning: Bool
    /// The end rule that repeats count for; nil if each is a violation.
    package let tally: Int?
    /// The capture numbers of the fields.
    package let captures: [Int]
    /// The steps to values within a field, with `*` for every element or member; nil for a field.
    ///
    /// The fast check leaves records that have such values to the exact one.
    package var path: [String]?
  }

  /// A rule that is judged when the stream has ended.
  package struct EndRule: Sendable {
    package let rule: QualityRule
    package let pointer: String
  }

  package let object: ContractObject
  package private(set) var keys: [Key] = []
  package private(set) var endRules: [EndRule] = []
  package internal(set) var skipped: [Skipped] = []
  package private(set) var captureCount = 0
  /// The deprecated fields of records, and their capture numbers.
  package private(set) var deprecated: [(pointer: String, capture: Int)] = []
  /// Fields whose type the SCHEMA declares otherwise than the contract, where the drift policy is to
  /// set aside the records that have a value there (quarantine), or to leave the field out (discard).
  package private(set) var driftedTypes: [String: DriftPolicy.Action] = [:]
  /// Members that say of a record that it announces a deletion.
  package static let deleteMarkers = ["_sdc_deleted_at", "_ab_cdc_deleted_at"]
  private let checks: [ValueCheck]
  private let fields: Set<String>
  private let unknown: UnknownFields
  private let inclusiveBetween: Bool
  private let view: View
  private var captures: [String: Int] = [:]

  /// Compiles `object`.
  ///
  /// `refusesUnknown` makes a field that the contract lacks a violation, `looksForUnknown` leaves
  /// records with one to the exact check; with `narrowsTypes` ISO
  /// days must fit the DATE column that the outgoing SCHEMA announces. The places of the fields
  /// `capturing` are kept for whoever asks the shape's check for them. What the `view` does not let
  /// see is skipped. `isMasked` tells which fields leave masked, and so may come in the clear.
  package init(
    _ object: ContractObject,
    refusesUnknown: Bool,
    looksForUnknown: Bool = false,
    narrowsTypes: Bool,
    view: View = .whole,
    inclusiveBetween: Bool = false,
    capturing names: [String] = [],
    isMasked: (String) -> Bool = { _ in false }
  ) {
    self.object = object
    let unknown: UnknownFields = refusesUnknown ? .refuse : looksForUnknown ? .find : .pass
    self.unknown = unknown
    self.inclusiveBetween = inclusiveBetween
    self.view = view
    let properties = Encryption.resolved(object.properties, isMasked: isMasked)
    let columns = properties.filter { !$0.isMeasure }.map { property in
      var property = property
      let isDay = property.temporal?.isDay ?? false
      property.temporal?.isColumn = narrowsTypes && isDay
      return property
    }
    checks = columns.map { ValueCheck($0, unknown: unknown) }
    fields = Set(object.properties.map(\.field))
    addKeys(columns)
    for rule in object.rules { add(rule, nil, "") }
    for check in checks {
      let pointer = Pointer.append("", check.property.field)
      note(check.property, pointer, isTop: true)
      addRules(check, pointer, isTop: true)
      if check.property.isDeprecated {
        deprecated.append((pointer, capture(check.property.field)))
      }
    }
    noteRelationships()
    for name in names { _ = capture(name) }
  }

  /// The number under which the fast check keeps the place of a field.
  package func captureNumber(of field: String) -> Int? { captures[field] }

  /// Lets the fast check keep the place of a field, under the number that it gets.
  package func capture(_ name: String) -> Int {
    if let known = captures[name] { return known }
    captures[name] = captureCount
    captureCount += 1
    return captureCount - 1
  }

  /// The rules of a property and of those within it; `*` in a pointer stands for any item.
  private func addRules(_ check: ValueCheck, _ pointer: String, isTop: Bool) {
    for rule in check.property.rules {
      var needsTop = rule.query != nil
      if case .duplicateValues = rule.metric { needsTop = true }
      if needsTop, !isTop {
        let reason = "duplicates and SQL below the top level are not evaluated"
        skipped.append(Skipped(rule: rule.name, pointer: pointer, reason: reason))
      } else {
        add(rule, check, pointer)
      }
    }
    for child in check.children {
      let inner = Pointer.append(pointer, child.property.field)
      addRules(child, inner, isTop: false)
    }
    if let item = check.item {
      addRules(item, Pointer.append(pointer, "*"), isTop: false)
    }
  }

  private func addKeys(_ columns: [ContractProperty]) {
    let parts = columns.enumerated().filter { $0.element.keyPosition != nil }.sorted {
      left,
      right in
      let (first, second) = (left.element.keyPosition ?? -1, right.element.keyPosition ?? -1)
      return first == second || first < 1 || second < 1
        ? left.offset < right.offset : first < second
    }.map(\.element.field)
    if !parts.isEmpty {
      addKey("primaryKey", parts, parts.count == 1 ? Pointer.append("", parts[0]) : "", false, nil)
    }
    for column in columns where column.isUnique && parts != [column.field] {
      addKey("unique", [column.field], Pointer.append("", column.field), false, nil)
    }
    for column in columns { addInnerKeys(column, [column.field]) }
  }

  /// The unique values within a field: no two are equal in the whole stream, wherever they stand.
  private func addInnerKeys(_ property: ContractProperty, _ path: [String]) {
    for child in property.properties { addInnerKey(child, path + [child.field]) }
    for item in property.items { addInnerKey(item, path + ["*"]) }
  }

  private func addInnerKey(_ property: ContractProperty, _ path: [String]) {
    let pointer = path.reduce("", Pointer.append)
    if property.isUnique, view.repeatsKeys {
      skipped.append(Skipped(rule: "unique", pointer: pointer, reason: view.reason))
    } else if property.isUnique {
      keys.append(
        Key(
          rule: "unique",
          fields: [path[0]],
          pointer: pointer,
          isWarning: false,
          tally: nil,
          captures: [],
          path: path
        )
      )
    }
    addInnerKeys(property, path)
  }

  private func addKey(
    _ rule: String,
    _ names: [String],
    _ pointer: String,
    _ isWarning: Bool,
    _ tally: Int?
  ) {
    if view.repeatsKeys {
      skipped.append(Skipped(rule: rule, pointer: pointer, reason: view.reason))
      return
    }
    let numbers = names.map(capture)
    keys.append(
      Key(
        rule: rule,
        fields: names,
        pointer: pointer,
        isWarning: isWarning,
        tally: tally,
        captures: numbers
      )
    )
  }

  private func add(_ rule: QualityRule, _ check: ValueCheck?, _ pointer: String) {
    func skip(_ reason: String) {
      skipped.append(Skipped(rule: rule.name, pointer: pointer, reason: reason))
    }
    switch rule.metric {
    case .skipped(let reason): return skip(reason)
    case .rowCount where view.hidesRows, .duplicateValues where view.hidesRows:
      return skip(view.reason)
    case .rowCount: endRules.append(EndRule(rule: rule, pointer: pointer))
    case .duplicateValues(let names):
      let fields = names.isEmpty ? [check?.property.field].compactMap(\.self) : names.map(field)
      guard self.fields.isSuperset(of: fields) else { return skip("it names unknown properties") }
      if !rule.demandsNone { endRules.append(EndRule(rule: rule, pointer: pointer)) }
      let tally = rule.demandsNone ? nil : endRules.count - 1
      addKey(rule.name, fields, pointer, rule.isWarning, tally)
    case .nullValues, .missingValues, .invalidValues, .eachValue:
      if !rule.demandsNone { endRules.append(EndRule(rule: rule, pointer: pointer)) }
      let tally = rule.demandsNone ? nil : endRules.count - 1
      check?.add(rule, tally: tally, inclusiveBetween: inclusiveBetween)
    }
  }

  private func field(_ name: String) -> String {
    object.properties.first { $0.name == name }?.field ?? name
  }

  /// What `record` breaks; repeats of keys are found by whoever has seen the other records.
  package func findings(in record: JSONObject) -> [Finding] {
    var findings: [Finding] = []
    let isDelete = Self.isDelete(record)
    for check in checks {
      let name = check.property.field
      let pointer = Pointer.append("", name)
      let value = record[name]
      switch driftedTypes[name] {
      case .discard?: continue
      case .quarantine? where value.map { !$0.isNull } ?? false:
        let expected = "a field that its SCHEMA declares as the contract does"
        findings.append(Finding("typeDrift", at: pointer, expected: expected, value: value))
      default: check.check(value, pointer, isDelete: isDelete, &findings)
      }
    }
    if unknown == .refuse {
      for (name, value) in record.members where isUnknown(name) {
        findings.append(
          Finding(
            "unknownField",
            at: Pointer.append("", name),
            expected: "only fields of the contract",
            value: value
          )
        )
      }
    }
    return findings
  }

  /// Whether the contract does not know the field; the metadata of taps is everybody's.
  package func isUnknown(_ name: String) -> Bool {
    !fields.contains(name) && !Drift.isMetadata(name)
  }

  /// Takes up that the type of a field has drifted; false if the field cannot be left out, for a
  /// record without it would break the contract.
  package func drift(_ name: String, _ action: DriftPolicy.Action) -> Bool {
    guard driftedTypes[name] != action else { return true }
    if action == .discard {
      let isNeeded = checks.contains { check in
        check.property.field == name && (check.refusesNull || check.property.isUnique)
      }
      guard !isNeeded, !keys.contains(where: { $0.fields.contains(name) }) else { return false }
    }
    driftedTypes[name] = action
    return true
  }

  /// Takes up which fields the outgoing SCHEMA announces as dates, whatever the contract says.
  package func announceDates(_ names: Set<String>) {
    for check in checks where names.contains(check.property.field) { check.becomeColumn() }
  }

  /// Adds the paths of members within a field's value that the contract does not know.
  package func listUnknown(in value: JSONValue, of field: String, _ list: inout [String]) {
    checks.first { $0.property.field == field }?.listUnknown(value, field, &list)
  }

  /// Whether the record only says that a row was deleted, and when.
  package static func isDelete(_ record: JSONObject) -> Bool {
    deleteMarkers.contains { record[$0]?.string?.isEmpty == false }
  }

  /// The object as a shape; `present` are fields that must be there, null or not.
  package func shape(present: [String]) -> FastShape {
    var shape = FastShape(.object)
    for check in checks {
      let name = check.property.field
      var inner = check.shape()
      // What has drifted is never "surely fine": it is set aside, or must be left out, be it null.
      let drifted = driftedTypes[name]
      if drifted != nil { inner = FastShape([]) }
      inner.capture = captures[name]
      let isRequired =
        drifted != .discard
        && (check.refusesNull || check.judgesAbsence || present.contains(name))
      shape.properties.append((name, inner, isRequired))
    }
    for property in object.properties where property.isMeasure && captures[property.field] != nil {
      var inner = FastShape(.all)
      inner.capture = captures[property.field]
      shape.properties.append((property.field, inner, false))
    }
    // A record that announces a deletion is judged by other rules: never "surely fine".
    for name in Self.deleteMarkers where !fields.contains(name) {
      shape.properties.append((name, FastShape(.null), false))
    }
    for name in present where !shape.properties.contains(where: { $0.name == name }) {
      shape.properties.append((name, FastShape(.all), true))
    }
    shape.allowsUnknown = unknown == .pass
    return shape
  }

  /// The patterns whose searches ended at the limit of steps, with where they stand.
  package var undecidedPatterns: [(pointer: String, count: Int)] {
    checks.compactMap { check in
      guard let count = check.text.pattern?.undecided, count > 0 else { return nil }
      return (Pointer.append("", check.property.field), count)
    }
  }
}
