/// Where a connector comes from, with which versions it was tried, and what it asks for.
package struct PluginOrigin: Hashable, Sendable {
  package var version: String?
  package var maintainer: String?
  package var homepage: String?
  package var license: String?
  /// The versions that were tried.
  package var tested: [String] = []
  package var permissions = Permissions()

  /// What it needs to reach: told to whoever installs it.
  package struct Permissions: Hashable, Sendable {
    /// The keys; `schemas/plugin.schema.json` has the same.
    package static let keys = ["hosts", "paths", "secrets"]

    package var hosts: [String] = []
    /// Settings that name files or folders.
    package var paths: [String] = []
    /// Settings that are secrets.
    package var secrets: [String] = []

    package var isEmpty: Bool { hosts.isEmpty && paths.isEmpty && secrets.isEmpty }
  }
}
