import ArgumentParser
import JSON
import Supervisor
import Wire

/// What a command came to: told in words, or with `--json` as one object on standard output.
struct Answer {
  /// What `--json` shows as the result.
  var result: JSONValue
  /// What standard output gets without `--json`; nil where everything has been told already.
  var text: String?
  /// What `--json` says in a line; by default the first line of the text for people.
  var summary: String?
  var exit: Int32
  var errors: [Finding] = []
  var warnings: [Finding]

  init(
    _ result: JSONValue,
    text: String?,
    summary: String? = nil,
    exit: Int32 = 0,
    warnings: [Finding] = []
  ) {
    self.result = result
    self.text = text
    self.summary = summary
    self.exit = exit
    self.warnings = warnings
  }

  /// The same, with an error in it: what ends with a code must say why.
  ///
  /// The text tells people of it already.
  func failed(_ message: String, hint: String? = nil) -> Answer {
    var answer = self
    answer.errors.append(Finding(.error, message, hint: hint))
    return answer
  }

  /// The same, of a run that a signal has ended.
  var interrupted: Answer {
    let name = exit == 130 ? "SIGINT" : exit == 143 ? "SIGTERM" : "signal \(exit - 128)"
    return failed(
      "interrupted by \(name): what was committed stays",
      hint: "The next run goes on from there."
    )
  }

  /// Does a command's work, tells what came of it, and ends with its exit code.
  static func give(_ command: String, json: Bool, _ body: () throws -> Answer) throws {
    var answer: Answer
    do {
      answer = try body()
      tell(answer.warnings)
    } catch let findings as Findings {
      answer = Answer(.null, text: nil, exit: 78, warnings: findings.warnings)
      answer.errors = findings.errors
      tell(findings.list)
    } catch let failure as Failure {
      answer = Answer(.null, text: nil, exit: Wire.ExitCode(failure.kind).rawValue)
      answer.errors = [Finding(failure)]
      tell(answer.errors)
    }
    if let text = json ? answer.envelope(command) : answer.text {
      do throws(Failure) {
        try Console.answer(text)
      } catch {
        let code = Wire.ExitCode(error.kind).rawValue
        if code != 128 + 13 { tell([Finding(error)]) }
        throw ArgumentParser.ExitCode(code)
      }
    }
    guard answer.exit == 0 else { throw ArgumentParser.ExitCode(answer.exit) }
  }

  private static func tell(_ findings: [Finding]) {
    let console = Console(showsProgress: false)
    for finding in findings {
      console.show([finding.text], level: finding.severity == .error ? .error : .warning)
    }
  }

  /// The one object of `--json`; `schemas/envelope.schema.json` describes it.
  func envelope(_ command: String) -> String {
    // What begins so is data, of which a line says nothing.
    let first = text?.split(separator: "\n").first.flatMap { line in
      line.first.map { "{[<".contains($0) } == false ? String(line) : nil
    }
    let message = errors.first?.json["message"]?.string
    let line = summary ?? first ?? message ?? (exit == 0 ? "done" : "exit \(exit)")
    let object: JSONValue = [
      "command": .string(command), "ok": .bool(errors.isEmpty && exit <= 1),
      "exit": .number(JSONNumber(exit)),
      "summary": .string(line),
      "result": result, "error": errors.first.map(error) ?? .null,
      "errors": .array(errors.map(\.json)), "warnings": .array(warnings.map(\.json)),
    ]
    return object.encoded()
  }

  /// The first error, with the code for the shell.
  private func error(_ finding: Finding) -> JSONValue {
    let told = finding.json
    return [
      "code": .number(JSONNumber(exit)), "message": told["message"] ?? .null,
      "path": told["file"] ?? .null, "line": told["line"] ?? .null,
      "suggestion": told["hint"] ?? .null,
    ]
  }
}
