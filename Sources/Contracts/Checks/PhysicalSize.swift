internal import JSONSchema

extension ContractProperty {
  /// Why the size that the physical type has, such as `decimal(4,2)`, is not judged; nil where it has
  /// none, or the options of the logical type say it too.
  var uncheckedSize: String? {
    guard type != nil, let text = physicalType,
      let open = text.firstIndex(where: { $0 == "(" || $0 == "[" }),
      let size = Int(text[text.index(after: open)...].prefix(while: \.isNumber))
    else { return nil }
    let name = text[..<open].lowercased()
    // The width of an integer is one of display.
    guard !name.hasSuffix("int"), name != "integer" else { return nil }
    let reason = "the size in \(text) is not checked"
    switch type {
    case .string?:
      let isSaid = maxLength.map { $0 <= size } ?? false
      return isSaid ? nil : "\(reason): maxLength would be"
    case .number?, .integer?:
      let hasBounds = number.maximum != nil || number.exclusiveMaximum != nil
      let isSaid = hasBounds && (type == .integer || number.multipleOf != nil)
      return isSaid ? nil : "\(reason): multipleOf, minimum and maximum would be"
    default: return reason
    }
  }
}
