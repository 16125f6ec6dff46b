internal import Contracts
internal import JSON
internal import JSONSchema

/// Reads the engine's report as checks of a contract.
struct Verdicts {
  let contract: Contract
  let origins: LineOrigins

  /// What the engine says of all streams; of an object that none carried too, if the data `nameStreams`.
  func read(_ report: JSONValue, into result: inout TestReport, nameStreams: Bool) {
    result.checks += general(report["violations"])
    let all = report["streams"]?.object?.members ?? []
    // What the engine says of a stream that never came is said below in another way.
    let streams = all.filter { $0.value["absent"] == nil }
    for (name, stream) in streams {
      result.records += Self.figure(stream["read"])
      result.violating += Self.figure(stream["violating"])
      if stream["contract"] == nil { result.checks += foreign(name, stream) }
    }
    for object in contract.objects {
      let own = streams.filter { $0.value["contract"]?["object"]?.string == object.name }
      guard own.isEmpty else {
        result.checks += checks(object, own.map(\.value))
        continue
      }
      var check = TestCheck(object: object.name, rule: "data", pointer: "")
      check.status = nameStreams ? .failed : .skipped
      check.message =
        nameStreams ? "no stream carried the object" : "no DATA was given for the object"
      result.checks.append(check)
    }
  }

  /// Violations of no stream, such as lines that are not JSON.
  private func general(_ violations: JSONValue?) -> [TestCheck] {
    var checks: [TestCheck] = []
    for violation in violations?.array ?? [] {
      add(violation, to: &checks, "", violation["pointer"]?.string ?? "")
    }
    return checks
  }

  /// A stream that the contract does not know, which the engine has held to its own schema.
  private func foreign(_ name: String, _ stream: JSONValue) -> [TestCheck] {
    var check = TestCheck(object: name, rule: "data", pointer: "")
    check.status = .warning
    check.count = Self.figure(stream["read"])
    check.message = "the contract has no object for this stream: its own SCHEMA was the measure"
    var checks = [check]
    for violation in stream["violations"]?.array ?? [] {
      add(violation, to: &checks, name, violation["pointer"]?.string ?? "")
    }
    return checks
  }

  private func checks(_ object: ContractObject, _ streams: [JSONValue]) -> [TestCheck] {
    let list = RuleList(object)
    var checks = list.rules.map {
      TestCheck(object: object.name, rule: $0.rule, pointer: $0.pointer)
    }
    if streams.allSatisfy({ Self.figure($0["read"]) == 0 }) {
      var check = TestCheck(object: object.name, rule: "data", pointer: "")
      check.status = .warning
      check.message = "no record was read: what passed has judged nothing"
      checks.insert(check, at: 0)
    }
    for stream in streams {
      for violation in stream["violations"]?.array ?? [] {
        add(violation, to: &checks, object.name, list.place(violation["pointer"]?.string ?? ""))
      }
      checks += (stream["end_rules"]?.array ?? []).filter { !Self.isLevel($0) }.map {
        end($0, object)
      }
      for (name, count) in stream["unknown_fields"]?.object?.members ?? [] {
        let steps = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        let isWithin = object.properties.contains { $0.field == steps[0] }
        let pointer = (isWithin ? steps : [name]).reduce("", Pointer.append)
        var check = TestCheck(object: object.name, rule: "unknownField", pointer: pointer)
        check.status = .warning
        check.count = Self.figure(count)
        check.message = "records have the field, which the contract lacks"
        checks.append(check)
      }
      for skipped in stream["skipped"]?.array ?? [] {
        let name = skipped["rule"]?.string ?? ""
        let pointer = skipped["pointer"]?.string ?? ""
        // Those have checks of their own.
        if hasQuery(object, name, pointer) || Self.isLevel(skipped) { continue }
        if isRelationship(object, name, pointer) { continue }
        var check = TestCheck(object: object.name, rule: name, pointer: pointer)
        check.status = .skipped
        check.message = skipped["reason"]?.string ?? ""
        // A pattern that some values took too long for has been judged on the others.
        checks.removeAll { $0.rule == name && $0.pointer == pointer && $0.status == .passed }
        checks.append(check)
      }
    }
    return checks
  }

  /// Whether it is about a service level, which has a check of its own.
  private static func isLevel(_ entry: JSONValue) -> Bool {
    entry["rule"]?.string?.hasPrefix("sla.") ?? false
  }

  /// Whether a rule in SQL stands at the place, which is the object's or a column's.
  private func hasQuery(_ object: ContractObject, _ name: String, _ pointer: String) -> Bool {
    let column = object.properties.first { Pointer.append("", $0.field) == pointer }
    let rules = pointer.isEmpty ? object.rules : column?.rules ?? []
    return rules.contains { $0.query != nil && $0.name == name }
  }

  /// Whether a relationship of that type is the object's or a column's.
  private func isRelationship(_ object: ContractObject, _ type: String, _ pointer: String) -> Bool {
    let column = object.properties.first { Pointer.append("", $0.field) == pointer }
    let node = pointer.isEmpty ? object.document : column?.document
    return node?["relationships"]?.array?.contains {
      ($0["type"]?.string ?? "foreignKey") == type
    } ?? false
  }

  private func add(
    _ violation: JSONValue,
    to checks: inout [TestCheck],
    _ object: String,
    _ pointer: String
  ) {
    let rule = violation["rule"]?.string ?? ""
    let found = checks.firstIndex {
      $0.rule == rule && $0.pointer == pointer && $0.object == object
    }
    let index = found ?? checks.count
    if found == nil { checks.append(TestCheck(object: object, rule: rule, pointer: pointer)) }
    checks[index].add(
      count: Self.figure(violation["count"]),
      isWarning: violation["severity"]?.string == "warning",
      at: origins.place(Self.figure(violation["first_line"])),
      violation["message"]?.string ?? ""
    )
  }

  /// A rule that was judged at the end.
  private func end(_ ending: JSONValue, _ object: ContractObject) -> TestCheck {
    var check = TestCheck(
      object: object.name,
      rule: ending["rule"]?.string ?? "",
      pointer: ending["pointer"]?.string ?? ""
    )
    let isPercent = ending["unit"]?.string == "percent"
    let actual = ending["actual"]?.number?.text ?? "?"
    let expected = ending["expected"]?.string ?? ""
    check.message = "\(actual)\(isPercent ? " percent" : ""), expected \(expected)"
    guard ending["passed"]?.bool != true else { return check }
    check.status = ending["severity"]?.string == "warning" ? .warning : .failed
    check.count = 1
    return check
  }

  private static func figure(_ value: JSONValue?) -> Int { Int(value?.number?.int64 ?? 0) }
}
