package import Sandbox

/// Where a connector comes from, with which versions it was tried, and what it asks for.
package struct PluginOrigin: Hashable, Sendable {
  package var version: String?
  package var maintainer: String?
  package var homepage: String?
  package var license: String?
  /// The versions that were tried.
  package var tested: [String] = []
  /// What it needs to reach: told to whoever installs it, and all that it gets.
  package var permissions = Permissions()
}
