internal import JSON
package import Posix
package import Wire

/// How the input ended.
package enum Ending {
  /// Whether a last line without its line feed is a whole JSON value.
  package static func isWhole(_ region: UnsafeRawBufferPointer) -> Bool {
    unsafe (try? JSONValue.parse(region)) != nil
      || region.allSatisfy { $0 == 0x20 || (0x09...0x0D).contains($0) }
  }

  /// An input that ends in the middle of a line, after so many whole ones.
  package static func cut(line: Int) -> Failure {
    // Ctrl-C ends every stage of a shell's pipe at once.
    Failure.signalled
      ?? Failure(
        .data,
        "line \(line + 1): the input ends in the middle of a line",
        hint: "The stage before this one was killed or failed; run it again."
      )
  }

  /// What a line reader's problem means for the run.
  package static func failure(_ problem: LineReader.Problem, line: Int) -> Failure {
    switch problem {
    case .tooLong(let limit):
      Failure(
        .data,
        "line \(line + 1) is longer than \(limit) bytes",
        hint: "\"max_line_size\" raises the limit."
      )
    case .system(let error): Failure(error)
    case .source(let reason): Failure(.io, reason)
    }
  }
}
