internal import JSON
internal import JSONSchema

/// The size that a physical type has, such as `decimal(4,2)` or `varchar[15]`.
///
/// A value that would not fit is a warning, for the logical type says what the data are.
struct PhysicalSize {
  private enum Limit {
    /// So many digits in all, so many of them after the point.
    case digits(Int, scale: Int)
    case length(Int)
  }

  private let limit: Limit
  private let text: String

  /// The size that `property` has and its values are held to; nil where it has none, or the reason
  /// why it is not judged.
  static func of(_ property: ContractProperty) -> (size: PhysicalSize?, skipped: String?) {
    guard let type = property.type, let text = property.physicalType,
      let open = text.firstIndex(where: { $0 == "(" || $0 == "[" })
    else { return (nil, nil) }
    let inside = text[text.index(after: open)...].prefix { $0 != ")" && $0 != "]" }
    let numbers = inside.split(separator: ",").map { Int($0.filter { $0 != " " }) }
    let name = text[..<open].lowercased().filter { $0 != " " }
    // The width of an integer is one of display.
    guard numbers.first.flatMap(\.self) != nil, !name.hasSuffix("int"), name != "integer" else {
      return (nil, nil)
    }
    let values = numbers.compactMap(\.self)
    switch type {
    case .string where name.contains("char") || name == "string" || name == "text":
      if values.count == 1 { return (PhysicalSize(limit: .length(values[0]), text: text), nil) }
    case .number, .integer:
      // A single number of float or double counts binary digits.
      let isBinary = name.hasPrefix("float") || name.hasPrefix("double") || name == "real"
      let scale = values.count > 1 ? values[1] : 0
      if numbers.count == values.count, values.count <= 2, !isBinary || values.count == 2,
        values[0] > 0, 0...values[0] ~= scale
      {
        return (PhysicalSize(limit: .digits(values[0], scale: scale), text: text), nil)
      }
    default: break
    }
    return (nil, "the size in \(text) is not checked")
  }

  /// Adds a warning if a value would not fit.
  func check(_ value: JSONValue, _ pointer: String, _ findings: inout [Finding]) {
    let fits: Bool
    let expected: String
    switch (limit, value) {
    case (.digits(let count, let scale), .number(let number)):
      let decimal = number.decimal
      fits =
        decimal.digits.isEmpty
        || -decimal.exponent <= scale && decimal.digits.count + decimal.exponent <= count - scale
      expected = "at most \(count - scale) digits before the point and \(scale) after it"
    case (.length(let length), .string(let string)):
      fits = string.unicodeScalars.count <= length
      expected = "at most \(length) characters"
    default: return
    }
    guard !fits else { return }
    var finding = Finding(
      "physicalType",
      at: pointer,
      expected: "\(expected): \(text)",
      value: value
    )
    finding.severity = .warning
    findings.append(finding)
  }

  /// Narrows a shape to what surely fits; false if it cannot say that.
  func narrow(_ shape: inout FastShape) -> Bool {
    switch limit {
    case .length(let length): shape.maxLength = min(shape.maxLength, length)
    case .digits(let count, let scale):
      guard let step = JSONNumber("1e-\(scale)"), let bound = JSONNumber("1e\(count - scale)"),
        let lower = JSONNumber("-1e\(count - scale)")
      else { return false }
      if let multiple = shape.number.multipleOf {
        guard multiple.decimal.isMultiple(of: step.decimal) else { return false }
      } else {
        shape.number.multipleOf = step
      }
      shape.number.exclusiveMaximum = min(shape.number.exclusiveMaximum ?? bound, bound)
      shape.number.exclusiveMinimum = max(shape.number.exclusiveMinimum ?? lower, lower)
    }
    return true
  }
}
