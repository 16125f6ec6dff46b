internal import Children
internal import Posix

/// The programs that Dativo is made of, and those of other people that it can use.
struct ProgramCheck {
  private let project: String

  static func all(project: String) -> [DoctorCheck] {
    let check = ProgramCheck(project: project)
    return check.own() + [check.python(), check.uv(), check.duckdb(), check.containers()]
  }

  /// What a program answers to `--version`, on one line; nil where it does not in ten seconds.
  static func version(_ program: String, _ arguments: [String] = ["--version"]) -> String? {
    let command = Command(program, arguments, environment: StageEnvironment.base, folder: nil)
    guard let capture = try? Capture.run(command, seconds: 10, limit: 1 << 16),
      capture.exit.isSuccess
    else { return nil }
    let text = String(decoding: capture.stdout + capture.stderr, as: UTF8.self)
    return text.split(whereSeparator: \.isNewline).first.map { String($0.prefix(100)) }
  }

  private func find(_ name: String) -> String? { Executable.find(name, from: project) }

  /// All executables of Dativo are of one version.
  private func own() -> [DoctorCheck] {
    let mine = Executable.own.flatMap { Self.version($0) }?.split(separator: " ").last
    return ["dativo-validate", "dativo-sandbox", "dativo-target-parquet", "dativo-tap-csv"].map {
      name in
      guard let path = Executable.find(name, from: project, besides: true) else {
        // Only the middle stage is needed by every job.
        return DoctorCheck(
          name == "dativo-validate" ? .fail : .warn,
          name,
          "is neither beside dativo nor on PATH",
          hint: "All executables of Dativo belong into one folder."
        )
      }
      guard let version = Self.version(path)?.split(separator: " ").last else {
        let found = "\(path) does not tell its version"
        return DoctorCheck(.fail, name, found, hint: "Install it anew.")
      }
      guard version == mine else {
        return DoctorCheck(
          .warn,
          name,
          "\(path) has version \(version), dativo \(mine ?? "none")",
          hint: "Install all executables of Dativo together."
        )
      }
      return DoctorCheck(.ok, name, "\(version), \(path)")
    }
  }

  private func python() -> DoctorCheck {
    guard let program = find("python3") else {
      return DoctorCheck(
        .warn,
        "python",
        "python3 is not on PATH",
        hint: "Taps from PyPI need it; so does `dativo plugins`, unless uv is there."
      )
    }
    let version = Self.version(program) ?? "does not tell its version"
    let probe = ["-c", "import venv, ensurepip; print(1)"]
    guard find("uv") != nil || Self.version(program, probe) != nil else {
      return DoctorCheck(
        .warn,
        "python",
        "\(version), without venv",
        hint: "Install uv, or the package python3-venv: plugins lie in environments of their own."
      )
    }
    return DoctorCheck(.ok, "python", "\(version), \(program)")
  }

  private func uv() -> DoctorCheck {
    guard let program = find("uv"), let version = Self.version(program) else {
      return DoctorCheck(
        .ok,
        "uv",
        "is not there; plugins are installed with pip, which is slower"
      )
    }
    return DoctorCheck(.ok, "uv", version)
  }

  private func duckdb() -> DoctorCheck {
    guard let program = DuckDB.program else {
      return DoctorCheck(
        .warn,
        "duckdb",
        "the executable is not on PATH",
        hint: "`dativo contract test` skips rules in SQL without it; DATIVO_DUCKDB can name it."
      )
    }
    guard let version = Self.version(program) else {
      return DoctorCheck(
        .warn,
        "duckdb",
        "\(program) does not tell its version",
        hint: "DATIVO_DUCKDB can name another one."
      )
    }
    return DoctorCheck(.ok, "duckdb", "\(version), \(program)")
  }

  private func containers() -> DoctorCheck {
    for name in ["docker", "podman"] {
      guard let program = find(name) else { continue }
      let version = Self.version(program) ?? name
      guard Self.version(program, ["info"]) != nil else {
        return DoctorCheck(
          .warn,
          "containers",
          "\(version), but `\(name) info` fails",
          hint: "Start its service, or ask for the right to use it; only images need it."
        )
      }
      return DoctorCheck(.ok, "containers", version)
    }
    return DoctorCheck(
      .ok,
      "containers",
      "neither docker nor podman is there; only connectors that are images would need one"
    )
  }
}
