internal import Posix
internal import Synchronization

/// Where credentials come from, in the order of the AWS tools.
///
/// Environment, web identity, profile file, container, instance role; a profile that the settings
/// name goes before all.
package final class CredentialChain: Sendable {
  private let profile: String?
  private let region: String
  private let known = Mutex<Credentials?>(nil)

  package init(profile: String?, region: String) {
    self.profile = profile
    self.region = region
  }

  /// The credentials, fetched anew five minutes before they end.
  package func credentials() throws(CredentialError) -> Credentials {
    if let known = known.withLock({ $0 }) {
      guard let expires = known.expires, expires - 300 < Int(Clock.wall / 1_000_000_000) else {
        return known
      }
    }
    let fresh = try find()
    known.withLock { $0 = fresh }
    return fresh
  }

  /// Fetches them anew the next time: these were refused as too old.
  package func forget() { known.withLock { $0 = nil } }

  private func find() throws(CredentialError) -> Credentials {
    if let profile {
      guard let found = ProfileFile.credentials(profile) else {
        throw .unusable("the profile \(profile) has no keys in \(ProfileFile.path)")
      }
      return found
    }
    if let key = Environment.value("AWS_ACCESS_KEY_ID"),
      let secret = Environment.value("AWS_SECRET_ACCESS_KEY"), !key.isEmpty, !secret.isEmpty
    {
      let token = Environment.value("AWS_SESSION_TOKEN")
      return Credentials(accessKey: key, secret: secret, token: token)
    }
    if let found = try WebIdentity.credentials(region: region) { return found }
    let named = Environment.value("AWS_PROFILE")
    if let found = ProfileFile.credentials(named ?? "default") { return found }
    if let named { throw .unusable("AWS_PROFILE=\(named) has no keys in \(ProfileFile.path)") }
    if let found = try ContainerCredentials.credentials() { return found }
    if let found = try InstanceRole.credentials() { return found }
    throw .none
  }
}
