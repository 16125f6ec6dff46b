import JSON
import Secrets
import Testing

struct SecretTests {
  @Test func aSecretCannotBePrinted() {
    let secret = Secret(.string("hunter2"))
    var dumped = ""
    dump(secret, to: &dumped)
    let holder = (secret, [secret], ["key": secret])
    for text in [
      "\(secret)", String(describing: secret), String(reflecting: secret), "\(holder)", dumped,
      String(reflecting: holder), "\(Optional(secret) as Any)", "\(SecretDocument("hunter2"))",
    ] {
      #expect(!text.contains("hunter2"), "\(text)")
    }
    #expect(!((secret as Any) is any Encodable))
    #expect(secret.revealed() == .string("hunter2"))
  }
}
