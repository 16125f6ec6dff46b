import AirbyteKit
import JSON
import Testing

/// A connector's secrets, which stand in what it says.
@Suite struct RedactionTests {
  private static let spec: JSONValue = [
    "properties": [
      "host": ["type": "string"],
      "pin": ["type": "string", "airbyte_secret": true],
      "credentials": [
        "oneOf": [
          ["properties": ["token": ["airbyte_secret": true]]],
          ["properties": ["user": ["type": "string"]]],
        ]
      ],
    ]
  ]
  private static let config: JSONObject = [
    "host": "example.org", "pin": "42", "credentials": ["token": "a \"b\" c", "user": "ada"],
  ]

  @Test func valuesThatTheSpecMarksAreHidden() {
    var redaction = Redaction(Self.config) { Self.spec }
    #expect(redaction.clean("ada at example.org: a \"b\" c") == "ada at example.org: ***")
    // As it stands within JSON.
    #expect(redaction.clean(#"{"token": "a \"b\" c"}"#) == #"{"token": "***"}"#)
  }

  @Test func aShortOneIsHiddenWhereItStandsAlone() {
    var redaction = Redaction(Self.config) { Self.spec }
    #expect(redaction.clean("42 of 4242, x42") == "*** of 4242, x42")
  }

  @Test func theSpecIsAskedForWhereAValueStandsAndOnce() {
    var asked = 0
    var redaction = Redaction(Self.config) {
      asked += 1
      return Self.spec
    }
    #expect(redaction.clean("nothing of it") == "nothing of it")
    #expect(asked == 0)
    _ = redaction.clean("pin 42")
    _ = redaction.clean("pin 42")
    #expect(asked == 1)
  }

  @Test func withoutASpecEverythingIsASecret() {
    var redaction = Redaction(Self.config) { nil }
    #expect(redaction.clean("ada at example.org") == "*** at ***")
    redaction.add(["token": "rotated"])
    #expect(redaction.clean("now rotated") == "now ***")
  }
}
