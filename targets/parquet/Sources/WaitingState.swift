import JSON

/// A STATE that covers rows which are not committed yet.
struct WaitingState {
  /// What is stored.
  var value: JSONValue
  /// What is told: the bytes of the value as they came, or Airbyte's whole message.
  var echo: [UInt8]

  init(value: JSONValue, bytes: [UInt8], line: [UInt8], isAirbyte: Bool) {
    self.value = value
    echo = isAirbyte ? line : bytes
    if echo.last == 0x0A { echo.removeLast() }
  }
}
