package import Posix

/// Why a plugin could not be confined, and therefore was not started.
package enum SandboxError: Error {
  /// The backend does not work here.
  case unsupported(Backend, String)
  /// No backend works here: each with its reason.
  case none([String])
  /// A step on the way failed.
  case step(String, PosixError)
}

extension SandboxError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unsupported(let backend, let why): "\(backend.rawValue) does not work here: \(why)"
    case .none(let reasons): "nothing here can confine it: \(reasons.joined(separator: "; "))"
    case .step(let step, let error): "\(step): \(error.reason)"
    }
  }
}
