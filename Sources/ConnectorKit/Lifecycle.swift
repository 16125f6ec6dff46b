internal import Glibc
internal import JSON
package import Posix
package import Wire

/// How a process of ours begins and ends: the one place that exits.
public enum Lifecycle {
  /// Runs `body` and ends the process with the code of its outcome.
  ///
  /// A failure is told in words, then as one JSON object on the last line of standard error. A
  /// stage that writes messages leaves an unfinished one as its last output, so that nobody takes
  /// its end for a clean one; a broken pipe ends silently.
  public static func run(
    _ name: String,
    writesMessages: Bool = false,
    _ body: () throws -> Void
  ) -> Never {
    StandardDescriptors.occupy()
    Signals.install()
    Memory.giveBackLargeBlocks()
    do {
      try body()
      exit(0)
    } catch let failure as Failure {
      end(name, failure, writesMessages)
    } catch let error as PosixError {
      end(name, Failure(error), writesMessages)
    } catch {
      end(name, Failure(.bug, "\(error)", hint: "Please report this."), writesMessages)
    }
  }

  private static func end(_ name: String, _ failure: Failure, _ writesMessages: Bool) -> Never {
    let code = ExitCode(failure.kind).rawValue
    if failure.kind == .brokenPipe { exit(code) }
    if writesMessages {
      let unfinished = Array(#"{"type":"ABORT","#.utf8)
      try? unsafe unfinished.withUnsafeBytes { try unsafe Descriptor.write(1, $0) }
    }
    Log.line("\(name): \(failure.message)")
    if let hint = failure.hint { Log.line("  -> \(hint)") }
    var event = JSONObject()
    event["event"] = "exit"
    event["code"] = .number(JSONNumber(code))
    event["kind"] = .string(failure.kind.name)
    event["message"] = .string(failure.message)
    if let hint = failure.hint { event["hint"] = .string(hint) }
    Log.line(JSONValue.object(event).encoded())
    exit(code)
  }
}

extension Failure {
  /// A system call that failed, as the edge tells it.
  package init(_ error: PosixError) {
    if error.isBrokenPipe {
      self.init(.brokenPipe, "the reader of the output went away")
      return
    }
    let hint: String? =
      switch error.code {
      case ENOSPC, EDQUOT: "The disk is full: make room, then run again; nothing is lost."
      case EACCES, EPERM, EROFS: "Check who may write there."
      default: nil
      }
    self.init(.io, "\(error)", hint: hint)
  }

  /// The failure that a noted SIGTERM or SIGINT asks for; nil if there was none.
  package static var signalled: Failure? {
    Signals.received.map { Failure(.signal($0), "ended by signal \($0)") }
  }
}
