internal import Children
internal import Glibc
internal import Posix
internal import Wire

/// A copy of data that cannot be read where they are, standard input or a file of gzip's, in a
/// private folder; it is gone with the last that refers to it.
final class Spool: Sendable {
  private let scratch: Scratch
  let path: String

  /// Copies all of `source`; `-` is standard input.
  init(_ source: String) throws(Failure) {
    let scratch = Scratch()
    self.scratch = scratch
    let plain = source.hasSuffix(".gz") ? String(source.dropLast(3)) : source
    let name = source == "-" ? "data" : plain.split(separator: "/").last.map(String.init) ?? "data"
    path = "\(scratch.path)/\(name)"
    if source == "-" {
      let input = "\(scratch.path)/input"
      try Self.run("cat", [], from: 0, to: input, source, scratch)
      if Self.isGzip(input) {
        let file = try Self.open(input)
        try Self.run("gzip", ["-dc"], from: file.raw, to: path, source, scratch)
      } else {
        // SAFETY: both are texts of ours, lent for the call.
        unsafe rename(input, path)
      }
    } else {
      let file = try Self.open(source)
      try Self.run("gzip", ["-dc"], from: file.raw, to: path, source, scratch)
    }
  }

  deinit { scratch.remove() }

  /// Whether the file begins as gzip's do.
  static func isGzip(_ path: String) -> Bool {
    guard let file = try? Descriptor(opening: path) else { return false }
    var head: [UInt8] = [0, 0]
    // SAFETY: the buffer is lent for the call.
    let count = unsafe head.withUnsafeMutableBytes { unsafe try? file.read(into: $0) }
    return count == 2 && head == [0x1F, 0x8B]
  }

  private static func open(_ path: String) throws(Failure) -> Descriptor {
    do throws(PosixError) {
      return try Descriptor(opening: path)
    } catch {
      throw Failure(.io, "\(path) cannot be read: \(error.reason)")
    }
  }

  /// Runs a program from a descriptor into a file.
  private static func run(
    _ name: String,
    _ arguments: [String],
    from input: Int32,
    to output: String,
    _ source: String,
    _ scratch: Scratch
  ) throws(Failure) {
    guard let program = Executable.find(name, from: Paths.working) else {
      throw Failure(.configuration, "\(name) is not on PATH, and \(source) is read through it")
    }
    let messages = "\(scratch.path)/messages"
    let written = try Plumbing.file(output)
    let told = try Plumbing.file(messages)
    var child: Child
    do throws(SpawnError) {
      child = try Child(
        Command(program, arguments, environment: StageEnvironment.base),
        descriptors: [input, written.raw, told.raw]
      )
    } catch {
      throw Failure(error)
    }
    let exit = child.wait()
    guard !exit.isSuccess else { return }
    let text = (try? Files.read(messages)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    let line = text.split(separator: "\n").first ?? "\(name) exited with \(exit.shellCode)"
    throw Failure(.data, "\(source == "-" ? "standard input" : source) cannot be read: \(line)")
  }
}
