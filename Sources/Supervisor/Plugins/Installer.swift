internal import Children
internal import Posix
internal import Wire

/// The program that makes Python environments and installs into them: `uv` if it is on PATH, else
/// `python3` with its venv and pip.
///
/// Both ask the index that the user has configured for them.
struct Installer {
  private enum Program {
    case uv(String)
    case pip(python: String)
  }

  private let program: Program
  /// The folder of an environment with pip alone.
  private let home: String
  private let environment: [String: String]

  /// `home` is a folder for an environment with pip alone.
  init(home: String, environment: [String: String] = StageEnvironment.base) throws(Failure) {
    var environment = environment
    // What belongs to the caller's own environment must not leak into one of ours.
    for name in ["VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME"] { environment[name] = nil }
    environment["UV_PYTHON_DOWNLOADS"] = "never"
    environment["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"
    self.environment = environment
    self.home = home
    let path = environment["PATH"]
    if let uv = Executable.find("uv", from: Paths.working, path: path) {
      program = .uv(uv)
    } else if let python = Executable.find("python3", from: Paths.working, path: path) {
      program = .pip(python: python)
    } else {
      throw Failure(
        .configuration,
        "neither uv nor python3 is on PATH",
        hint: "Plugins of PyPI are installed with one of them: `apt install python3-venv`."
      )
    }
  }

  var name: String { if case .uv = program { "uv" } else { "pip" } }

  /// Makes an empty environment for Python of these versions.
  func make(_ folder: String, python versions: String?) throws(Failure) {
    Files.remove(folder)
    switch program {
    case .uv(let uv):
      let wanted = versions.map { ["--python", $0] } ?? []
      try run(uv, ["venv", "--quiet", "--no-project"] + wanted + [folder], "make an environment")
    case .pip(let python):
      try run(python, ["-m", "venv", "--without-pip", folder], "make an environment")
      let version = try self.version(folder)
      if let versions, let bounds = PythonVersions(versions), !bounds.contains(version) {
        throw Failure(
          .configuration,
          "Python \(versions) is wanted, and \(python) is \(version)",
          hint: "With uv on PATH any Python that is installed is found."
        )
      }
    }
  }

  /// The version of an environment's Python, such as `3.11.7`.
  func version(_ folder: String) throws(Failure) -> String {
    let code = "import platform; print(platform.python_version())"
    let output = try run("\(folder)/bin/python", ["-c", code], "start Python")
    return String(decoding: output, as: UTF8.self).filter { !$0.isWhitespace }
  }

  /// What the requirements come to for the environment `folder`: every distribution with its hashes.
  func resolve(
    _ requirements: [String],
    for folder: String
  ) throws(Failure) -> [PluginLock.Distribution] {
    switch program {
    case .uv(let uv):
      let scratch = Scratch()
      defer { scratch.remove() }
      let file = "\(scratch.path)/requirements.in"
      try Project.write(file, requirements.joined(separator: "\n") + "\n")
      let output = try run(
        uv,
        [
          "pip", "compile", "--quiet", "--python", "\(folder)/bin/python",
          "--generate-hashes", "--no-header", "--no-annotate", "--no-emit-index-url",
          "--no-emit-find-links", file,
        ],
        "resolve \(requirements[0])"
      )
      return Resolution.compiled(String(decoding: output, as: UTF8.self))
    case .pip:
      let output = try pip(
        folder,
        ["install", "--dry-run", "--ignore-installed", "--quiet", "--report", "-"] + requirements,
        "resolve \(requirements[0])"
      )
      return Resolution.report(output)
    }
  }

  /// Installs exactly what a file of requirements with hashes names; from `wheels` alone where that
  /// is given.
  func install(_ file: String, into folder: String, wheels: String?) throws(Failure) {
    let offline = wheels.map { ["--no-index", "--find-links", $0] } ?? []
    let what = "install the locked distributions"
    switch program {
    case .uv(let uv):
      let python = ["--python", "\(folder)/bin/python"]
      try run(
        uv,
        ["pip", "install", "--quiet"] + python
          + ["--require-hashes", "--no-deps", "-r", file] + offline
          + (wheels == nil ? [] : ["--offline"]),
        what
      )
    case .pip:
      try pip(
        folder,
        ["install", "--quiet", "--require-hashes", "--no-deps", "-r", file] + offline,
        what
      )
    }
  }

  /// Fetches what such a file names as wheels into `target`, building those that are none.
  func wheels(_ file: String, for folder: String, into target: String) throws(Failure) {
    try pip(
      folder,
      ["wheel", "--quiet", "--require-hashes", "--no-deps", "-r", file, "--wheel-dir", target],
      "fetch the wheels"
    )
  }

  /// Runs pip for an environment that has none itself.
  @discardableResult
  private func pip(
    _ folder: String,
    _ arguments: [String],
    _ what: String
  ) throws(Failure) -> [UInt8] {
    let own = "\(home)/bin/python"
    if !Executable.isExecutable(own) {
      switch program {
      case .uv(let uv):
        try run(uv, ["venv", "--quiet", "--no-project", "--seed", home], "install pip")
      case .pip(let python): try run(python, ["-m", "venv", home], "install pip")
      }
    }
    return try run(own, ["-m", "pip", "--python", "\(folder)/bin/python"] + arguments, what)
  }

  /// Runs a program to its end; `what` says in its failure what was tried.
  @discardableResult
  private func run(
    _ program: String,
    _ arguments: [String],
    _ what: String
  ) throws(Failure) -> [UInt8] {
    let capture: Capture
    do throws(SpawnError) {
      capture = try Capture.run(
        // Settings of a project that is not ours would be found from the working folder.
        Command(program, arguments, environment: environment, folder: "/"),
        seconds: 1800
      )
    } catch {
      throw Failure(error)
    }
    guard capture.exit.isSuccess, capture.cut == nil else {
      let reason = InstallerError.reason(capture.errorLines)
      throw Failure(
        .unavailable,
        "cannot \(what): \(reason ?? "exit \(capture.exit.shellCode)")",
        hint: capture.errorLines.suffix(6).joined(separator: "\n     ")
      )
    }
    return capture.stdout
  }
}
