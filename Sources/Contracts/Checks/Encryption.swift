extension ContractObject {
  /// The object with what the encryption of its fields asks: `required` stands at the field that
  /// carries the value.
  package var withEncryption: ContractObject {
    var object = self
    object.properties = Encryption.resolved(properties)
    return object
  }
}

extension ContractProperty {
  /// Whether its value must come encrypted in another field, and never itself.
  package var isCarriedEncrypted: Bool {
    if case .carried? = encryption { true } else { false }
  }
}

/// What a contract's `encryptedName` asks of records.
///
/// The standard says where the encrypted value stands, no more. So the clear value must not come,
/// and what the clear field must have, the encrypted one must have in its place.
enum Encryption: Sendable {
  /// The value stands encrypted in the field.
  case carried(by: String)
  /// It is not judged, for the reason.
  case skipped(String)

  /// `properties` of one object with what their encryption asks.
  ///
  /// `isMasked` tells of a field whether Dativo masks it: its clear value comes, and does not leave.
  static func resolved(
    _ properties: [ContractProperty],
    isMasked: (String) -> Bool = { _ in false }
  ) -> [ContractProperty] {
    var result = properties
    for index in result.indices {
      result[index] = within(result[index])
      guard let name = result[index].encryptedName else { continue }
      guard
        let other = result.firstIndex(where: { $0.name == name })
          ?? result.firstIndex(where: { $0.physicalName == name }), other != index
      else {
        let reason = "the contract has no field \(name) that could carry the encrypted value"
        result[index].encryption = .skipped(reason)
        continue
      }
      if result[index].keyPosition != nil {
        result[index].encryption = .skipped("a part of the primary key cannot be absent")
      } else if result[index].mask != nil || isMasked(result[index].field) {
        result[index].encryption = .skipped("the field is masked: its clear value does not leave")
      } else {
        result[index].encryption = .carried(by: result[other].field)
        result[other].isRequired = result[other].isRequired || result[index].isRequired
        result[index].isRequired = false
      }
    }
    return result
  }

  /// The property with what the encryption of those within it asks.
  private static func within(_ property: ContractProperty) -> ContractProperty {
    var result = property
    result.properties = resolved(property.properties)
    result.items = property.items.map(within)
    return result
  }
}
