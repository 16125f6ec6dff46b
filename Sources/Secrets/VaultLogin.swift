internal import JSON
internal import Net
internal import Posix
internal import Synchronization

/// How a process proves to Vault who it is.
package enum VaultAuthentication: Sendable {
  /// A token: of a file, which may be replaced while the process lives, or as it is.
  case token(file: String?, Secret?)
  /// A role and its secret; the mount is where the method is enabled.
  case appRole(role: Secret, secret: Secret, mount: String)
  /// The token of the pod's service account, read from its file at each login.
  case kubernetes(role: String, file: String, mount: String)
}

/// The token that requests are made with: had by logging in, renewed before its lease ends.
final class VaultLogin: Sendable {
  private struct Token {
    let text: String
    /// When it ends, by the clock that never goes back; nil for never, or not known.
    let ends: UInt64?
    let lease: UInt64
    let isRenewable: Bool
  }

  private let exchange: Exchange
  private let address: String
  private let headers: [(name: String, value: String)]
  private let method: VaultAuthentication
  private let known = Mutex<Token?>(nil)

  init(
    _ exchange: Exchange,
    address: String,
    headers: [(name: String, value: String)],
    _ method: VaultAuthentication
  ) {
    self.exchange = exchange
    self.address = address
    self.headers = headers
    self.method = method
  }

  /// The token; renewed where less than a third of its lease is left.
  func token() throws(SecretError) -> String {
    if let token = known.withLock({ $0 }) {
      guard let ends = token.ends else { return token.text }
      let now = Clock.monotonic
      if now + token.lease / 3 < ends { return token.text }
      if now < ends, token.isRenewable, let renewed = renew(token) { return renewed.text }
    }
    return try logIn().text
  }

  /// Whether another login may help after a token was refused: Vault answers the same to an expired
  /// token and to a forbidden path.
  func renews(after refused: String) throws(SecretError) -> Bool {
    if case .token(file: nil, _) = method { return false }
    known.withLock { $0 = nil }
    return try logIn().text != refused
  }

  private func renew(_ token: Token) -> Token? {
    let answer = try? exchange.send { () throws(SecretError) in
      try Exchange.request(
        "POST",
        "\(address)/v1/auth/token/renew-self",
        [:],
        headers: headers + [(name: "x-vault-token", value: token.text)]
      )
    }
    guard let answer, answer.status == 200, let value = try? exchange.value(answer),
      let lease = value["auth"]?["lease_duration"]?.number?.int64, lease > 0
    else { return nil }
    // Near its longest life a renewal adds nothing any more.
    guard UInt64(lease) * 3_000_000_000 > token.lease else { return nil }
    return keep(token.text, lease: lease, isRenewable: true)
  }

  private func keep(_ text: String, lease: Int64?, isRenewable: Bool) -> Token {
    let nanoseconds = UInt64(max(lease ?? 0, 0)) * 1_000_000_000
    let token = Token(
      text: text,
      ends: nanoseconds > 0 ? Clock.monotonic + nanoseconds : nil,
      lease: nanoseconds,
      isRenewable: isRenewable
    )
    known.withLock { $0 = token }
    return token
  }

  private func logIn() throws(SecretError) -> Token {
    switch method {
    case .token(let file, let secret):
      guard let text = try file.map(Self.text) ?? secret?.revealedText(), !text.isEmpty else {
        throw .refused("\(exchange.server): there is no token (VAULT_TOKEN, or \"token_file\")")
      }
      return try lookUp(text)
    case .appRole(let role, let secret, let mount):
      return try logIn(
        mount,
        ["role_id": role.revealed(), "secret_id": secret.revealed()],
        "the AppRole"
      )
    case .kubernetes(let role, let file, let mount):
      let token = try Self.text(file)
      return try logIn(mount, ["role": .string(role), "jwt": .string(token)], "the role \(role)")
    }
  }

  private func logIn(
    _ mount: String,
    _ body: JSONValue,
    _ who: String
  ) throws(SecretError) -> Token {
    let answer = try exchange.send { () throws(SecretError) in
      try Exchange.request("POST", "\(address)/v1/auth/\(mount)/login", body, headers: headers)
    }
    guard answer.status == 200 else {
      throw .refused("\(exchange.server) refused \(who) at auth/\(mount) (\(answer.status))")
    }
    let auth = try exchange.value(answer)["auth"]
    guard let text = auth?["client_token"]?.string else {
      throw .refused("\(exchange.server) gave no token at auth/\(mount)")
    }
    return keep(
      text,
      lease: auth?["lease_duration"]?.number?.int64,
      isRenewable: auth?["renewable"]?.bool ?? false
    )
  }

  /// A token that was given says itself how long it lasts; one that may not ask is used as it is.
  private func lookUp(_ text: String) throws(SecretError) -> Token {
    let answer = try exchange.send { () throws(SecretError) in
      try Exchange.request(
        "GET",
        "\(address)/v1/auth/token/lookup-self",
        headers: headers + [(name: "x-vault-token", value: text)]
      )
    }
    let data = answer.status == 200 ? try exchange.value(answer)["data"] : nil
    return keep(
      text,
      lease: data?["ttl"]?.number?.int64,
      isRenewable: data?["renewable"]?.bool ?? false
    )
  }

  private static func text(_ path: String) throws(SecretError) -> String {
    do throws(PosixError) {
      return String(decoding: try Files.read(path), as: UTF8.self).filter { !$0.isNewline }
    } catch {
      throw .refused("vault: \(path) cannot be read: \(error.reason)")
    }
  }
}
