internal import Children
internal import ConnectorKit
internal import Posix
internal import Wire

/// A connector from PyPI, in an environment of its own that is made once.
struct ConnectorPackage {
  private let requirement: String
  /// The program that the package brings: `source-faker` of airbyte-source-faker.
  let name: String
  /// What it may be called; few are called as their whole package.
  private let names: [String]

  init(_ requirement: String) {
    self.requirement = requirement
    let package = String(requirement.prefix { $0.isLetter || $0.isNumber || "-_.".contains($0) })
    let words = package.lowercased().replacing("_", with: "-")
    name = words.hasPrefix("airbyte-") ? String(words.dropFirst("airbyte-".count)) : words
    names = name == words ? [name] : [name, words]
  }

  /// Whether a text names a package, and is neither a path nor an address nor an option of pip's.
  static func isRequirement(_ text: String) -> Bool {
    let parts = text.prefix { $0 != "=" && $0 != "<" && $0 != ">" && $0 != "~" && $0 != "!" }
    return text.first.map { $0.isASCII && ($0.isLetter || $0.isNumber) } ?? false
      && parts.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.[], ".contains($0)) }
  }

  /// The program's file.
  func program() throws(Failure) -> String {
    let folder = "\(Self.cache)/airbyte/\(Self.safe(requirement))"
    let mark = "\(folder)/.installed"
    if let program = Self.program(names, in: folder), (try? Files.read(mark)) != nil {
      return program
    }
    guard let python = Executable.find("python3", from: ".") else {
      throw Failure(.configuration, "\"package\" needs python3, which is not on PATH")
    }
    Log.info("installing \(requirement) in \(folder), once")
    Files.remove(folder)
    do throws(PosixError) {
      try Files.makeFolder(folder)
    } catch {
      throw Failure(.io, "\(error)")
    }
    try Self.run(python, ["-m", "venv", folder], requirement)
    try Self.run(
      "\(folder)/bin/pip",
      ["install", "-q", "--disable-pip-version-check", "setuptools<81", requirement],
      requirement
    )
    guard let program = Self.program(names, in: folder) else {
      throw Failure(
        .configuration,
        "the package \(requirement) has no program \(names.joined(separator: " or "))",
        hint: "Name its program: \"executable\": [\"\(folder)/bin/PROGRAM\"]."
      )
    }
    do throws(PosixError) {
      try Files.write(mark, [])
    } catch {
      throw Failure(.io, "\(error)")
    }
    return program
  }

  /// The first program of these names.
  private static func program(_ names: [String], in folder: String) -> String? {
    names.map { "\(folder)/bin/\($0)" }.first(where: Executable.isExecutable)
  }

  private static func run(
    _ program: String,
    _ arguments: [String],
    _ requirement: String
  ) throws(Failure) {
    let environment = Dictionary(Environment.all.map { ($0.name, $0.value) }) { _, last in last }
    let answer: Capture
    do throws(SpawnError) {
      answer = try Capture.run(
        Command(program, arguments, environment: environment),
        seconds: 1800
      )
    } catch {
      throw Failure(.configuration, "\(error)")
    }
    guard answer.exit.isSuccess else {
      throw Failure(
        .configuration,
        "\(requirement) could not be installed: \(answer.errorLines.last ?? "pip said nothing")",
        hint: "`pip install \(requirement)` says more; is it on PyPI under this name and version?"
      )
    }
  }

  private static var cache: String {
    if let own = Environment.value("DATIVO_CACHE"), !own.isEmpty { return own }
    if let base = Environment.value("XDG_CACHE_HOME"), !base.isEmpty { return "\(base)/dativo" }
    return "\(Environment.value("HOME") ?? "/tmp")/.cache/dativo"
  }

  private static func safe(_ text: String) -> String {
    String(text.map { $0.isLetter || $0.isNumber || "-_.=".contains($0) ? $0 : "_" })
  }
}
