import JSON
import Supervisor
import Testing

@Suite struct RedactorTests {
  private func redactor(_ secrets: String...) -> Redactor {
    var values = SecretValues()
    for secret in secrets { values.take(secret) }
    return Redactor(values)
  }

  @Test func everyFormOfASecretIsHidden() {
    let redactor = redactor("pä\"s/w +rd'1")
    for line in [
      "pä\"s/w +rd'1", #"{"a": "pä\"s/w +rd'1"}"#, #"{"a": "p\u00e4\"s/w +rd'1"}"#,
      #"{"a": "p\u00E4\"s\/w +rd'1"}"#, #"{\"a\": \"pä\\\"s/w +rd'1\"}"#,
      "p%C3%A4%22s%2Fw%20%2Brd%271", "p%c3%a4%22s%2fw%20%2brd%271", "p%C3%A4%22s/w+%2Brd%271",
      "cMOkInMvdyArcmQnMQ==", "cMOkInMvdyArcmQnMQo=", #"'pä"s/w +rd\'1'"#,
    ] {
      let clean = redactor.applied(to: line)
      #expect(clean.contains("********"), "\(line) became \(clean)")
      #expect(!clean.contains("w +rd") && !clean.contains("%2Brd") && !clean.contains("ArcmQn"))
    }
  }

  @Test func aSecretWithinBase64IsHidden() {
    let redactor = redactor("correct-horse")
    // user:correct-horse and two more places.
    for text in [
      "dXNlcjpjb3JyZWN0LWhvcnNl", "dXNlcjI6Y29ycmVjdC1ob3JzZSE=", "eDpjb3JyZWN0LWhvcnNl",
    ] {
      #expect(redactor.applied(to: text).contains("********"), "\(text)")
    }
  }

  @Test func aShortSecretIsHiddenWhereItStandsAlone() {
    let redactor = redactor("cat")
    #expect(
      redactor.applied(to: "a cat, pw=cat;\\ncat %3Acat")
        == "a ********, pw=********;\\n******** %3A********"
    )
    #expect(redactor.applied(to: "category concat") == "category concat")
  }

  @Test func whatWouldHideEveryLineIsLeft() {
    var values = SecretValues()
    for text in ["a", "xy", "true", "None", "123", ""] { values.take(text) }
    #expect(values.values.isEmpty)
  }

  @Test func keysOfSeveralLinesAreHiddenLineByLine() {
    let redactor = redactor("-----BEGIN KEY-----\nMIIabcdefgh\nijklmnopqr==\n-----END KEY-----\n")
    #expect(redactor.applied(to: "MIIabcdefgh") == "********")
    #expect(redactor.applied(to: "  ijklmnopqr==") == "  ********")
    #expect(redactor.applied(to: "-----BEGIN KEY-----") == "-----BEGIN KEY-----")
  }

  @Test func secretsAreFoundByNameAndByDescription() {
    var values = SecretValues()
    values.take(
      settings: [
        "host": "example.org", "user": "ada", "password": "lovelace", "pin": "x-1843",
        "nested": ["list": [["api_key": "k-77777"]]], "url": "postgres://u:p%40ss@h/d?sslmode=x",
        "token_ttl": 360, "credentials": ["id": "c-1", "plain": true],
      ],
      schema: ["properties": ["pin": ["secret": true]]]
    )
    #expect(values.values.isSuperset(of: ["lovelace", "x-1843", "k-77777", "p@ss", "c-1"]))
    #expect(values.values.contains("ada:lovelace"))
    #expect(!values.values.contains("example.org") && !values.values.contains("360"))
  }

  @Test func variablesAreSecretUnlessTheirNamesTellOtherwise() {
    var values = SecretValues()
    values.take(variable: "PG_HOST", "db.example.org")
    values.take(variable: "WAREHOUSE_KEY", "k-123456")
    values.take(variable: "HOME", "/root")
    values.take(variable: "DATABASE_URL", "mysql://a:bcd@h")
    #expect(values.values == ["k-123456", "mysql://a:bcd@h", "bcd", "a:bcd"])
  }

  @Test func wordsOfACommandAreSecretByTheOptionBeforeThem() {
    var values = SecretValues()
    values.take(words: ["tap", "--api-key", "k-1", "--password=p-2", "--host", "h-3"])
    #expect(values.values == ["k-1", "p-2"])
  }
}
