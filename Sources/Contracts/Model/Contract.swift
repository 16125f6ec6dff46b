package import JSON

/// A data contract as ODCS describes it: what streams must look like.
package struct Contract: Sendable {
  package var apiVersion: ODCSVersion
  package var id: String
  package var name: String?
  package var version: String
  package var status: String?
  package var tenant: String?
  package var domain: String?
  /// The people or the team that answer for it.
  package var owner: String?
  /// The hash of the file, in hexadecimal.
  package var sha256 = ""
  package var objects: [ContractObject]
  package var serviceLevels: [ServiceLevel] = []
  /// The values of `customProperties` whose names begin `dativo.`, by name.
  package var settings: [String: String]
  /// What `dativo.drift` says among the custom properties: an object as `DriftPolicy` takes it.
  package var drift: JSONValue?
  /// The whole contract as JSON: servers, team, roles, price, support, and what else it says.
  package var document: JSONValue = .null
}

/// What is promised about the service of the data, such as how fresh it is.
package struct ServiceLevel: Hashable, Sendable {
  /// `latency`, `retention` and so on, as it is written.
  package var name: String
  package var value: JSONValue
  /// `d`, `day`, `h`, …; nil if there is none.
  package var unit: String?
  /// The elements it is about, `object.property` or, of a single object, `property`.
  package var elements: [String]
}

/// The versions of the standard that load.
package enum ODCSVersion: String, Sendable, CaseIterable, Comparable {
  case v300 = "v3.0.0"
  case v301 = "v3.0.1"
  case v302 = "v3.0.2"
  case v310 = "v3.1.0"
  case v320 = "v3.2.0"

  package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

  /// Whether `exclusiveMaximum` and its like are bounds of their own, not booleans.
  package var hasNumericExclusives: Bool { self >= .v310 }
}
