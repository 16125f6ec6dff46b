internal import Children
internal import JSON
internal import Posix
internal import Wire

/// The `duckdb` executable, one process for each query, which reads the files of a test and nothing
/// else.
struct DuckDB {
  /// What came of a query.
  enum Outcome {
    /// The one value of the one row; nil without a row.
    case value(JSONValue?)
    /// It runs, and its result is no value that can be judged: what it is instead.
    case shapeless(String)
    /// It does not run, and why.
    case refused(String)
    case late
  }

  private let program: String
  private let setup: String
  private let seconds: Double

  /// Where it is: what `DATIVO_DUCKDB` names, or on PATH; nil if there is none.
  static var program: String? {
    let named = Environment.value("DATIVO_DUCKDB").flatMap { $0.isEmpty ? nil : $0 }
    return Executable.find(named ?? "duckdb", from: Paths.working)
  }

  /// Prepares queries over `views`, each a name with the files that it shows.
  ///
  /// The views are made first. Then everything outside their files is shut off, and the settings are
  /// locked, so that no query opens it again.
  init(
    _ program: String,
    views: [(name: String, files: [String], isPartitioned: Bool)],
    scratch: String,
    seconds: Double
  ) throws(Failure) {
    self.program = program
    self.seconds = seconds
    setup = "\(scratch)/setup.sql"
    var lines = views.map { view in
      "CREATE VIEW \(Self.name(view.name)) AS SELECT * FROM read_parquet(\(Self.list(view.files)), "
        + "union_by_name=true, hive_partitioning=\(view.isPartitioned));"
    }
    lines += [
      "SET allowed_paths=\(Self.list(Array(Set(views.flatMap(\.files))).sorted()));",
      "SET enable_external_access=false;", "SET lock_configuration=true;",
    ]
    do throws(PosixError) {
      try Files.write(setup, Array((lines.joined(separator: "\n") + "\n").utf8), mode: 0o600)
    } catch {
      throw Failure(.io, "the query cannot be prepared: \(error)")
    }
  }

  /// Runs one query.
  func run(_ query: String) throws(Failure) -> Outcome {
    let arguments = [
      "-no-init", "-batch", "-bail", "-json", "-cmd", ".read '\(setup)'", "-c", query,
    ]
    let capture: Capture
    do throws(SpawnError) {
      capture = try Capture.run(
        Command(program, arguments, environment: StageEnvironment.base),
        seconds: seconds,
        limit: 1 << 20
      )
    } catch {
      throw Failure(error)
    }
    switch capture.cut {
    case .late?: return .late
    case .unwanted?, .interrupted?: return .refused("its result is too large")
    case nil: break
    }
    let errors = capture.errorLines.filter { !$0.allSatisfy(\.isWhitespace) }
    guard capture.exit.isSuccess, errors.isEmpty else {
      return .refused(errors.first ?? "duckdb exited with \(capture.exit.shellCode)")
    }
    guard let rows = (try? JSONValue.parse(capture.stdout))?.array else {
      return Self.unreadable(String(decoding: capture.stdout, as: UTF8.self))
    }
    guard rows.count <= 1 else {
      let count = rows.count < QueryText.rowLimit ? "\(rows.count)" : "\(rows.count) or more"
      return .shapeless("the query returns \(count) rows; one value is needed")
    }
    let columns = rows.first?.object?.members ?? []
    guard columns.count <= 1 else {
      return .shapeless("the query returns \(columns.count) columns; one value is needed")
    }
    return .value(columns.first?.value)
  }

  /// What was printed that is no JSON: numbers that JSON has no notation for.
  private static func unreadable(_ text: String) -> Outcome {
    for (word, name) in [("-Infinity", "minus infinity"), ("Infinity", "infinity"), ("NaN", "NaN")]
    where text.contains(":\(word)") {
      return .shapeless("the result is \(name), which no bound can be compared with")
    }
    return .refused("duckdb printed no JSON: \(text.prefix(60))")
  }

  /// An identifier, quoted.
  static func name(_ text: String) -> String { "\"\(escaped(text, "\""))\"" }

  /// `text` with every `quote` doubled.
  static func escaped(_ text: String, _ quote: Character) -> String {
    text.reduce(into: "") { result, character in
      result.append(character)
      if character == quote { result.append(character) }
    }
  }

  private static func list(_ texts: [String]) -> String {
    "[\(texts.map { "'\(escaped($0, "'"))'" }.joined(separator: ", "))]"
  }
}
