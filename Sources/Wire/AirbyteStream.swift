package import JSON

/// How streams of Airbyte are told apart by those who know names only.
package enum AirbyteStream {
  /// The name of the stream and its table: `namespace-name`, as SQL taps of Singer have it.
  package static func name(_ name: String, namespace: String?) -> String {
    guard let namespace, !namespace.isEmpty else { return name }
    return "\(namespace)-\(name)"
  }

  /// The name without the namespace that `name` put before it.
  package static func plain(_ table: String, namespace: String?) -> String {
    guard let namespace, !namespace.isEmpty, table.hasPrefix("\(namespace)-") else { return table }
    return String(table.dropFirst(namespace.count + 1))
  }

  /// The name for a descriptor or an AirbyteStream; nil where it has none.
  ///
  /// A null namespace is none.
  package static func name(_ descriptor: JSONValue?) -> String? {
    guard let name = descriptor?["name"]?.string else { return nil }
    return Self.name(name, namespace: descriptor?["namespace"]?.string)
  }
}
