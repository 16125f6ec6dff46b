internal import Children
internal import Posix
internal import Wire

/// An edited copy of records that wait: each by the name of its run and its line.
struct Repair {
  struct Key: Hashable {
    var run: String
    var line: Int
  }

  private(set) var records: [Key: QuarantineLine] = [:]
  private(set) var schemas: [String: QuarantineLine] = [:]

  /// Reads an edited copy of a quarantine file, or of what `show` printed.
  init(file path: String) throws(Failure) {
    guard Paths.isFile(path) else {
      throw Failure(.usage, "\(path): there is no such file", hint: "--repair takes a file.")
    }
    var problem: Failure?
    try QuarantineLine.read(path, 0..<Files.size(path)) { line, _ in
      if line.message.kind == .schema { schemas[line.stream] = line }
      guard line.isRecord else { return }
      let key = Key(run: line.run, line: line.number)
      if key.run.isEmpty || key.line == 0 {
        problem =
          problem
          ?? Failure(
            .data,
            "\(path): a record without the \"run\" and \"line\" that it has in the quarantine",
            hint: "They tell which record it takes the place of: leave them as they are."
          )
      }
      records[key] = line
    }
    if let problem { throw problem }
  }

  /// Sends the lines of `input` through a command of the shell, which reads and writes them.
  init(
    command: String,
    input: String,
    output: String,
    folder: String,
    interrupt: Int32
  ) throws(Failure) {
    let capture: Capture
    do throws(SpawnError) {
      capture = try Capture.run(
        Command(
          "/bin/sh",
          ["-c", #"eval "$1" <"$2" >"$3""#, "sh", command, input, output],
          environment: StageEnvironment.base,
          folder: folder
        ),
        seconds: 86_400,
        interrupt: interrupt
      )
    } catch {
      throw Failure(error)
    }
    if capture.cut == .interrupted { throw Failure(.signal(Signal.interrupt), "interrupted") }
    guard capture.exit.isSuccess else {
      throw Failure(
        .data,
        "the command of --with exited with \(capture.exit.shellCode)",
        hint: capture.errorLines.last
      )
    }
    try self.init(file: output)
  }
}
