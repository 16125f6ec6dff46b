/// Why a secret is not to be had; the text names the backend and the path, never a value.
package enum SecretError: Error, Hashable, Sendable {
  /// No secret lies there, or it has no such key or version.
  case missing(String)
  /// The backend does not accept who asks, or does not let them have it.
  case refused(String)
  /// The backend cannot be reached, or asks to wait, and did so to the last attempt.
  case unavailable(String)
  /// What is configured, or what lies there, cannot be used.
  case unusable(String)

  /// What happened, in one sentence.
  package var message: String {
    switch self {
    case .missing(let text), .refused(let text), .unavailable(let text), .unusable(let text): text
    }
  }

  /// The word for it in listings and in the access log.
  package var word: String {
    switch self {
    case .missing: "missing"
    case .refused: "refused"
    case .unavailable: "unavailable"
    case .unusable: "unusable"
    }
  }
}
