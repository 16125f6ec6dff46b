package import JSON

/// The `key_properties` of a SCHEMA message, read as taps really write them.
package enum KeyProperties {
  /// The names; null, absent and other shapes are none, a string is a list of one.
  package static func read(_ value: JSONValue?) -> [String] {
    switch value {
    case .string(let name)?: [name]
    case .array(let names)?: names.compactMap(\.string)
    default: []
    }
  }
}
