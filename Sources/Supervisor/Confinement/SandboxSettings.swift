package import Sandbox

/// What a job says of the confinement of one end of its pipe.
package struct SandboxSettings: Hashable, Sendable {
  /// The keys; `schemas/job.schema.json` has the same.
  package static let keys = ["backend", "tap", "target"]
  package static let grantKeys = ["hosts", "read", "write", "limits"]

  package var choice = Choice.auto
  /// The places on the network; nil for what the plugin's own policy says.
  package var hosts: [HostGrant]?
  /// Whether `*` stands among them.
  package var allHosts = false
  /// Paths as written; nil for what the plugin's own policy says.
  package var reads: [String]?
  package var writes: [String]?
  package var limits = Limits()
  /// Where secrets are kept: not seen, whatever is granted around it.
  var hidden: [String] = []

  package init() {}
}
