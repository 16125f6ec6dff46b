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
    var number = 0
    unsafe try Regions.lines(path) { (bytes) throws(Failure) in
      number += 1
      try unsafe take(Array(bytes), path, number)
    }
    guard records.isEmpty else { return }
    throw Failure(
      .data,
      "\(path) has no record in it",
      hint: "It takes lines as `dativo quarantine show` prints them, edited."
    )
  }

  private mutating func take(_ bytes: [UInt8], _ path: String, _ number: Int) throws(Failure) {
    var text = bytes[...]
    if number == 1, text.starts(with: [0xEF, 0xBB, 0xBF]) { text = text.dropFirst(3) }
    if text.allSatisfy({ $0 == 0x20 || (0x09...0x0D).contains($0) }) { return }
    guard let line = QuarantineLine(Array(text)) else {
      throw Failure(
        .data,
        "\(path):\(number): not a line of the quarantine",
        hint: "Each line is one JSON object, as `dativo quarantine show` prints it."
      )
    }
    if line.message.kind == .schema { schemas[line.stream] = line }
    guard line.isRecord else { return }
    let key = Key(run: line.run, line: line.number)
    guard !key.run.isEmpty, key.line != 0 else {
      throw Failure(
        .data,
        "\(path):\(number): a record without the \"run\" and \"line\" that it has in the quarantine",
        hint: "They tell which record it takes the place of: leave them as they are."
      )
    }
    records[key] = line
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
