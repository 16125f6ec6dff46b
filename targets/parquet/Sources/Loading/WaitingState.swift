import JSON

/// A STATE that covers rows which are not committed yet.
struct WaitingState {
  /// What is stored.
  var value: JSONValue
  /// What is told, line by line.
  var echo: [[UInt8]]
}
