/// Keys of AWS; whatever prints them prints that they are hidden.
package struct Credentials: Sendable {
  let accessKey: String
  let secret: String
  let token: String?
  /// When they end, in seconds since 1970; nil if they do not.
  let expires: Int?

  package init(accessKey: String, secret: String, token: String? = nil, expires: Int? = nil) {
    self.accessKey = accessKey
    self.secret = secret
    self.token = token?.isEmpty == true ? nil : token
    self.expires = expires
  }
}

extension Credentials: CustomStringConvertible, CustomReflectable {
  package var description: String { "credentials (hidden)" }
  package var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// Why there are no credentials; the text names places, never what lies there.
package enum CredentialError: Error, Hashable, Sendable {
  /// No place of the chain has any.
  case none
  /// A place that was asked for has none that can be used.
  case unusable(String)
  /// The service that gives them out cannot be reached.
  case unavailable(String)
}
