internal import JSON
internal import JSONSchema

/// How old the newest value of a property may be: a service level `latency` or `freshness`.
package struct Freshness: Sendable {
  /// The name as the contract has it.
  package let name: String
  /// The name that reports give to the promise.
  package var rule: String { "sla.\(name)" }
  package let field: String
  package let temporal: TemporalRules
  /// What is promised, in words, such as `4 d`.
  package let promise: String
  /// The promise in seconds.
  package let limit: Double

  /// The promises about an object that a stream can be held to; and those that it cannot, why.
  package static func of(
    _ contract: Contract,
    _ object: ContractObject
  ) -> (found: [Freshness], skipped: [ObjectCheck.Skipped]) {
    var found: [Freshness] = []
    var skipped: [ObjectCheck.Skipped] = []
    for level in contract.serviceLevels {
      let elements = level.elements.filter { !$0.isEmpty }
      let names = elements.compactMap { Self.property($0, contract, object) }
      guard elements.isEmpty || !names.isEmpty else { continue }
      let rule = "sla.\(level.name)"
      func skip(_ reason: String, _ field: String? = nil) {
        let pointer = field.map { Pointer.append("", $0) } ?? ""
        skipped.append(ObjectCheck.Skipped(rule: rule, pointer: pointer, reason: reason))
      }
      guard level.isFreshness else {
        skip("it is about the service, not about records")
        continue
      }
      guard let limit = seconds(level.value, level.unit) else {
        skip("\(level.promise) is no length of time")
        continue
      }
      if names.isEmpty { skip("it names no element") }
      for name in names {
        guard let property = object.properties.first(where: { $0.field == name }),
          let temporal = property.temporal
        else {
          skip("the element is no date", name)
          continue
        }
        if case .unread = temporal.form {
          skip("the date format is not evaluated", name)
          continue
        }
        found.append(
          Freshness(
            name: level.name,
            field: name,
            temporal: temporal,
            promise:
              "\(level.value.string ?? level.value.encoded())\(level.unit.map { " \($0)" } ?? "")",
            limit: limit
          )
        )
      }
    }
    return (found, skipped)
  }

  /// The field that `object.property` or, of a single object, `property` names; nil for another's.
  private static func property(
    _ element: String,
    _ contract: Contract,
    _ object: ContractObject
  ) -> String? {
    let steps = element.split(separator: ".").map(String.init)
    let isOurs = [object.name, object.physicalName].contains(steps.first)
    guard isOurs || contract.objects.count == 1 else { return nil }
    let name = isOurs && steps.count > 1 ? steps[1] : steps.last ?? ""
    return object.properties.first { $0.name == name || $0.physicalName == name }?.field
  }

  /// The seconds of a number and its unit, or of an ISO 8601 duration; nil for anything else.
  static func seconds(_ value: JSONValue, _ unit: String?) -> Double? {
    if let text = value.string, text.hasPrefix("P") { return duration(text) }
    guard let number = value.number?.double ?? value.string.flatMap({ Double($0) }), number >= 0,
      let unit
    else { return nil }
    return ServiceLevel.seconds(of: unit).map { Double($0) * number }
  }

  private static func duration(_ text: String) -> Double? {
    var total = 0.0
    var digits = ""
    var isTime = false
    for letter in text.dropFirst() {
      switch letter {
      case "T": isTime = true
      case "0"..."9", ".": digits.append(letter)
      default:
        let unit = isTime && letter == "M" ? "m" : letter == "M" ? "mo" : letter.lowercased()
        guard let number = Double(digits),
          let part = seconds(.number(JSONNumber(1)), unit).map({ $0 * number })
        else { return nil }
        total += part
        digits = ""
      }
    }
    return digits.isEmpty ? total : nil
  }
}
