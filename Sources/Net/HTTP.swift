/// Requests and responses as this module and its users see them.
package enum HTTP {
  /// A request whose body is whole.
  package struct Request: Sendable {
    package var method: String
    /// `http` or `https`.
    package var scheme: String
    /// The host, with the port where it is not the scheme's own.
    package var host: String
    /// The path, percent-encoded, beginning with `/`.
    package var path: String
    /// The query, not encoded yet.
    package var query: [(name: String, value: String)] = []
    package var headers: [(name: String, value: String)] = []
    package var body: [UInt8] = []
    /// Seconds until the attempt counts as failed.
    package var timeout = 120

    package init(_ method: String, scheme: String, host: String, path: String) {
      self.method = method
      self.scheme = scheme
      self.host = host
      self.path = path.isEmpty ? "/" : path
    }

    /// Reads a URL without a fragment; nil if it is none that this client speaks.
    package init?(_ method: String, url: String) {
      guard let mark = url.firstRange(of: "://") else { return nil }
      let scheme = url[..<mark.lowerBound].lowercased()
      let rest = url[mark.upperBound...]
      let host = rest.prefix { $0 != "/" && $0 != "?" }
      guard scheme == "http" || scheme == "https", !host.isEmpty, !host.contains("@") else {
        return nil
      }
      let parts = rest.dropFirst(host.count).split(
        separator: "?",
        maxSplits: 1,
        omittingEmptySubsequences: false
      )
      self.init(method, scheme: scheme, host: String(host), path: String(parts.first ?? ""))
      guard parts.count == 2 else { return }
      query = parts[1].split(separator: "&").map { pair in
        let sides = pair.split(separator: "=", maxSplits: 1).map(String.init)
        return (name: sides.first ?? "", value: sides.count > 1 ? sides[1] : "")
      }
    }

    /// The query as it is sent: encoded, and sorted as signatures want it.
    package var encodedQuery: String {
      query.map { (PercentEncoding.encode($0.name), PercentEncoding.encode($0.value)) }
        .sorted { $0 < $1 }.map { "\($0.0)=\($0.1)" }.joined(separator: "&")
    }

    var url: String {
      "\(scheme)://\(host)\(path)\(query.isEmpty ? "" : "?\(encodedQuery)")"
    }
  }

  /// A whole answer.
  package struct Response: Sendable {
    package let status: Int
    package let headers: [(name: String, value: String)]
    package let body: [UInt8]

    package init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
      self.status = status
      self.headers = headers
      self.body = body
    }

    /// The first header of a name, which is in lower case.
    package func header(_ name: String) -> String? {
      headers.first { $0.name.lowercased() == name }?.value
    }
  }
}
