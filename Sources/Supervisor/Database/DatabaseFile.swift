internal import GRDB
internal import Glibc
internal import Posix

/// A SQLite file of ours: opened when it is first needed, with its table made.
final class DatabaseFile {
  /// Why it cannot be used.
  enum Problem: Error {
    /// What is in the file is no database, or a broken one.
    case damaged(String)
    /// The system, or another process that does not let go of it.
    case failed(String)
  }

  let path: String
  private let what: String
  private let schema: String
  private var queue: DatabaseQueue?
  private var hasBackup = false

  /// `schema` is one statement or several that may be repeated.
  init(_ path: String, what: String, schema: String) {
    self.path = path
    self.what = what
    self.schema = schema
  }

  func read<Value>(_ body: (Database) throws -> Value) throws(Problem) -> Value {
    try perform { try $0.read(body) }
  }

  /// The rows of a query whose columns are all text: other values are damage.
  func texts(
    _ query: String,
    _ arguments: StatementArguments = StatementArguments()
  ) throws(Problem) -> [[String]] {
    let rows = try read { try Row.fetchAll($0, sql: query, arguments: arguments) }
    return try rows.map { row throws(Problem) in
      try row.databaseValues.map { value throws(Problem) in
        // `row[name]` would trap.
        guard let text = String.fromDatabaseValue(value) else {
          throw .damaged("\(what) is damaged: \(value) is no text")
        }
        return text
      }
    }
  }

  /// One transaction.
  func write<Value>(_ body: (Database) throws -> Value) throws(Problem) -> Value {
    try perform { try $0.write(body) }
  }

  /// Copies the file, once for each process and whole at any instant.
  func keepBackup(at place: String) throws(Problem) {
    guard !hasBackup else { return }
    let temporary = "\(place).\(String(UInt64.random(in: 0 ... .max), radix: 16)).tmp"
    defer { for part in ["", "-journal"] { Files.remove(temporary + part) } }
    try perform { queue in
      keepPrivate(temporary)
      let copy = try DatabaseQueue(path: temporary)
      try queue.backup(to: copy)
      try copy.close()
    }
    guard unsafe rename(temporary, place) == 0 else {
      throw .failed("the copy cannot be put at \(place)")
    }
    hasBackup = true
  }

  private func perform<Value>(_ body: (DatabaseQueue) throws -> Value) throws(Problem) -> Value {
    do {
      return try body(try opened())
    } catch let error as DatabaseError {
      let message = error.message ?? "SQLite error \(error.resultCode.rawValue)"
      switch error.resultCode {
      case .SQLITE_CORRUPT, .SQLITE_NOTADB: throw .damaged("\(message): \(what) is damaged")
      default: throw .failed(message)
      }
    } catch let error as PosixError {
      throw .failed("\(error)")
    } catch {
      throw .failed("\(error)")
    }
  }

  /// Makes the file if need be, for its owner alone: SQLite's own would be for all, and journals get
  /// what the file has.
  private func keepPrivate(_ path: String) {
    // To open and close one that is there would give up the locks that this process has on it.
    guard unsafe chmod(path, 0o600) != 0 else { return }
    _ = try? Descriptor(opening: path, O_RDWR | O_CREAT | O_EXCL, mode: 0o600)
  }

  private func opened() throws -> DatabaseQueue {
    if let queue { return queue }
    try Files.makeFolder(Files.folder(of: path), mode: 0o700)
    keepPrivate(path)
    var configuration = Configuration()
    configuration.busyMode = .timeout(30)
    configuration.prepareDatabase { database in
      // The journal's folder is synced too, so that a commit outlives a power cut.
      try database.execute(sql: "PRAGMA synchronous = EXTRA")
    }
    let made = try DatabaseQueue(path: path, configuration: configuration)
    try made.write { [schema] in try $0.execute(sql: schema) }
    queue = made
    return made
  }
}
