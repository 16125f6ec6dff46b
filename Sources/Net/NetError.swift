/// Why a request had no answer.
package enum NetError: Error, Hashable, Sendable {
  /// Nobody answers at this address.
  case unreachable(host: String, String)
  /// No whole answer came in time: the request may have been done.
  case timedOut(host: String)
  /// The connection ended before the answer: the request may have been done.
  case broken(host: String)
  /// The address is none.
  case malformed(host: String)
}

extension NetError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unreachable(let host, let why): "\(host) cannot be reached (\(why))"
    case .timedOut(let host): "\(host) did not answer in time"
    case .broken(let host): "\(host) closed the connection"
    case .malformed(let host): "\(host) is not an address"
    }
  }
}
