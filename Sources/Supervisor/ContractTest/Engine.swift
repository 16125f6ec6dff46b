internal import Children
internal import Glibc
internal import JSON
internal import Posix
internal import Wire

/// `dativo-validate` at work: it counts what breaks a contract in the lines that it is given.
final class Engine {
  private var child: Child
  private var writer: BlockWriter
  private var pipe: Descriptor?
  private let scratch: String
  /// The lines written so far.
  private(set) var lines = 0

  /// Starts it; its configuration, its report and its messages lie in `scratch`.
  init(contract: String, settings: JSONObject, scratch: String) throws(Failure) {
    guard let program = Executable.find("dativo-validate", from: Paths.working, besides: true)
    else {
      throw Failure(
        .configuration,
        "dativo-validate is neither beside dativo nor on PATH",
        hint: "All executables of Dativo belong into one folder."
      )
    }
    // A write must tell that the engine is gone, and not end us with it.
    _ = signal(SIGPIPE, SIG_IGN)
    let config = "\(scratch)/validate.json"
    try PrivateFile.write(config, .object(settings))
    let input = try Plumbing.pipe()
    let nothing = try Plumbing.nothing(O_WRONLY)
    let messages = try Plumbing.file("\(scratch)/messages")
    let arguments = [
      "--config", config, "--contract", contract, "--mode", "warn",
      "--report", "\(scratch)/report.json",
    ]
    do throws(SpawnError) {
      child = try Child(
        Command(program, arguments, environment: Self.environment),
        descriptors: [input.reading.raw, nothing.raw, messages.raw]
      )
    } catch {
      throw Failure(error)
    }
    let writing = input.keepWriting()
    writer = BlockWriter(writing.raw)
    pipe = consume writing
    self.scratch = scratch
  }

  /// Nothing of a test leaves, so that any key does for what a contract wants hashed.
  private static var environment: [String: String] {
    let digits = (0..<4).map { _ in String(UInt64.random(in: .min ... .max), radix: 16) }
    let key = String(digits.joined().prefix(64))
    return StageEnvironment.base.merging(["DATIVO_MASK_KEY": key]) { $1 }
  }

  /// Writes whole lines as they are; `count` is how many.
  func write(_ bytes: UnsafeRawBufferPointer, lines count: Int) throws(Failure) {
    lines += count
    do throws(PosixError) {
      unsafe try writer.write(bytes)
    } catch {
      throw lost(error)
    }
  }

  /// Writes one line, its line feed among the bytes; 0 `lines` end one that was written before.
  func write(_ line: [UInt8], lines count: Int = 1) throws(Failure) {
    lines += count
    do throws(PosixError) {
      try writer.write(line)
    } catch {
      throw lost(error)
    }
  }

  /// Ends its input and waits for what it has found.
  func finish() throws(Failure) -> JSONValue {
    do throws(PosixError) {
      try writer.flush()
    } catch {
      throw lost(error)
    }
    pipe = nil
    let exit = child.wait()
    guard exit.isSuccess else { throw failure(exit) }
    guard let bytes = try? Files.read("\(scratch)/report.json"),
      let report = try? JSONValue.parse(bytes), report["result"]?.string != "unfinished"
    else { throw Failure(.bug, "dativo-validate left no report") }
    return report
  }

  /// A write that failed: mostly since the engine has ended, which then says why.
  private func lost(_ error: PosixError) -> Failure {
    guard error.isBrokenPipe else {
      return Failure(.io, "the engine cannot be written to: \(error)")
    }
    pipe = nil
    return failure(child.wait())
  }

  private func failure(_ exit: Exit) -> Failure {
    ExitNote.failure("dativo-validate", exit, messages: "\(scratch)/messages")
  }
}

extension ExitNote {
  /// Why a program of ours ended as it did, by what it wrote to a file as its last line.
  static func failure(_ name: String, _ exit: Exit, messages: String) -> Failure {
    let bytes = (try? Files.read(messages)) ?? []
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    if let note = lines.last.flatMap(ExitNote.init(line:)) {
      return Failure(
        ExitCode(rawValue: note.code).kind ?? .bug,
        "\(name): \(note.message)",
        hint: note.hint
      )
    }
    return Failure(
      ExitCode(rawValue: exit.shellCode).kind ?? .bug,
      "\(name) exited with \(exit.shellCode)",
      hint: lines.isEmpty ? nil : lines.suffix(5).joined(separator: "\n     ")
    )
  }
}
