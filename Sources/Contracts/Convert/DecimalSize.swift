internal import JSON

/// The digits of a decimal: so many in all, so many of them after the point.
struct DecimalSize: Hashable {
  let precision: Int
  let scale: Int

  /// What the physical type `decimal(10,2)` or `numeric(10)` says; nil for other types.
  init?(_ property: ContractProperty) {
    let text = (property.physicalType ?? "").lowercased().filter { $0 != " " }
    let names = ["decimal(", "numeric(", "number("]
    guard let name = names.first(where: text.hasPrefix), text.hasSuffix(")") else { return nil }
    let parts = text.dropFirst(name.count).dropLast().split(separator: ",").map { Int($0) }
    guard let precision = parts.first ?? nil, precision > 0 else { return nil }
    let scale = parts.count > 1 ? parts[1] : 0
    guard parts.count <= 2, let scale, 0...precision ~= scale else { return nil }
    self.precision = precision
    self.scale = scale
  }
}

extension ContractProperty {
  /// Whether its times have no offset, as `timezone: false` says.
  var isLocal: Bool { document["logicalTypeOptions"]?["timezone"]?.bool == false }

  /// Whether its times all have one, as `timezone: true` says.
  var hasOffsets: Bool { document["logicalTypeOptions"]?["timezone"]?.bool == true }
}
