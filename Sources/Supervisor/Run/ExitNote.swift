package import JSON

/// What a stage of ours says of its failure on the last line of its standard error.
package struct ExitNote: Hashable, Sendable {
  package var code: Int32
  package var message: String
  package var hint: String?
  package var retryAfter: Double?

  /// Reads such a line; nil for any other.
  package init?(line: String) {
    guard line.hasPrefix("{"), let value = try? JSONValue.parse(Array(line.utf8)) else {
      return nil
    }
    self.init(value)
  }

  /// Reads such an object; nil for any other.
  package init?(_ value: JSONValue) {
    guard value["event"]?.string == "exit", let code = value["code"]?.number?.int64,
      let message = value["message"]?.string
    else { return nil }
    self.code = Int32(truncatingIfNeeded: code)
    self.message = message
    hint = value["hint"]?.string
    retryAfter = value["retry_after"]?.number?.double
  }

  /// The message without the place in `file`, which was made for the stage alone and is gone.
  package func message(outside file: String) -> String {
    let place = message.prefix { $0 != ":" && $0 != " " }
    guard place == file || place.hasSuffix("/\(file)") else { return message }
    return String(message.dropFirst(place.count).drop { $0 == ":" || $0 == " " || $0.isNumber })
  }
}
