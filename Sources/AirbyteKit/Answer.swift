package import Children
internal import ConnectorKit
package import JSON
internal import Posix
package import Wire

/// What a connector answers to a verb that is no `read` or `write`: a few messages, and an exit code.
package struct Answer {
  private let messages: [JSONValue]
  private let exit: Exit
  private let lastLine: String?
  private let redaction: Redaction

  /// Runs the command to its end, within five minutes.
  package init(_ command: Command, redaction: Redaction) throws(Failure) {
    let capture: Capture
    do throws(SpawnError) {
      capture = try Capture.run(command, seconds: 300)
    } catch {
      throw Failure(.configuration, "\(error)")
    }
    guard capture.cut == nil else {
      throw Failure(.temporary, "\(command.executable) did not answer within five minutes")
    }
    exit = capture.exit
    lastLine = capture.errorLines.last
    self.redaction = redaction
    // Logs may come before the answer.
    messages = capture.stdout.split(separator: 0x0A).compactMap { try? JSONValue.parse(Array($0)) }
  }

  /// What the last message of a type carries.
  package func body(_ type: String, _ member: String) -> JSONValue? {
    messages.last { $0["type"]?.string == type }?[member]
  }

  package func clean(_ text: String) -> String {
    var redaction = redaction
    return redaction.clean(text)
  }

  /// Why there was no answer: by the connector's own words, where it has any.
  package func failure(_ connector: String, _ otherwise: String) -> Failure {
    let trace = messages.last { $0["trace"]?["type"]?.string == "ERROR" }?["trace"]
    guard let trace else {
      guard !exit.isSuccess else {
        let hint = "It printed no message of Airbyte's: is it the program that was meant?"
        return Failure(
          .data,
          "\(connector): \(otherwise)",
          hint: messages.contains { $0["type"] != nil } ? nil : hint
        )
      }
      return Self.failure(connector, exit, lastLine.map(clean))
    }
    let error = ConnectorError(trace["error"])
    return Failure(error.kind, "\(connector): \(clean(error.message))")
  }

  /// Of a connector that ended without a word.
  package static func failure(_ connector: String, _ exit: Exit, _ line: String?) -> Failure {
    let words = line.map { ": \($0)" } ?? ""
    switch exit {
    case .code(137), .signal(9):
      return Failure(
        .plugin(137),
        "\(connector) was killed\(words)",
        hint: "Memory is the likely cause: \"container\": {\"memory\": …} is what a container has, "
          + "\"sandbox\": {…: {\"limits\": {\"memory\": …}}} of a job what a program has."
      )
    case .code(let code) where (125...127).contains(code):
      // Of a container's engine, or of a shell: there is no such image or program.
      let isMissing = ["image not known", "No such image", "Unable to find image"]
        .contains { words.contains($0) }
      return Failure(
        .configuration,
        "\(connector) could not be started\(words)",
        hint: isMissing
          ? "Images are never fetched: bring it to this machine first, as `podman pull` does." : nil
      )
    case .code(let code):
      return Failure(.plugin(1), "\(connector) ended with code \(code) and told no error\(words)")
    case .signal(let number):
      return Failure(.plugin(1), "\(connector) was ended by signal \(number)\(words)")
    }
  }
}
