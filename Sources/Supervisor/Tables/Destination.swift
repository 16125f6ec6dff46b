package import Commits
internal import JSON
internal import Storage
package import Wire

/// A place with tables and their commit logs, or one table of it, as a user names it.
package struct Destination: Sendable {
  /// The folder, or `s3://bucket/prefix`, that has `_dativo`.
  package let root: String
  /// The folder of the one table meant, relative to the root; nil for all.
  package let table: String?
  private let access: StoreAccess
  private let store: any ObjectStore

  /// Finds the destination at a path, or above it where the path is that of a table.
  package init(_ path: String, _ access: StoreAccess) throws(Failure) {
    let isRemote = path.hasPrefix("s3://")
    var root = path
    // The bucket is as far up as one can go.
    let top = isRemote ? "s3://".count + path.dropFirst(5).prefix { $0 != "/" }.count : 1
    while root.count > top, root.hasSuffix("/") { root.removeLast() }
    var store = try access.store(root)
    // What the user typed is shown; only what lies above it needs the whole path.
    if !isRemote, try !Self.hasLogs(store) {
      root = Paths.absolute(root)
      store = try access.store(root)
    }
    var below: String?
    while try !Self.hasLogs(store) {
      guard root.count > top, let slash = root.lastIndex(of: "/") else {
        throw Failure(
          .configuration,
          "there is no commit log at \(path): no folder _dativo in it or above it",
          hint: "Name the target's \"destination\", or a table's folder in it."
        )
      }
      below = String(root[root.index(after: slash)...])
      root = slash == root.startIndex ? "/" : String(root[..<slash])
      store = try access.store(root)
    }
    self.init(root: root, table: below, access, store)
  }

  /// The same destination, but only the table in `folder`.
  package func narrowed(to folder: String) -> Destination {
    Destination(root: root, table: folder, access, store)
  }

  private init(
    root: String,
    table: String?,
    _ access: StoreAccess,
    _ store: any ObjectStore
  ) {
    self.root = root
    self.table = table
    self.access = access
    self.store = store
  }

  /// The store, for a writer that drafts in a folder of its own.
  func store(drafts: String) throws(Failure) -> any ObjectStore {
    try access.store(root, drafts: drafts)
  }

  /// Looks up a file, whose path is relative to the root.
  package func file(_ path: String) throws(Failure) -> DataFile {
    try DataFile("\(root)/\(path)", store, path)
  }

  /// A local folder that cannot be read has none; a bucket that cannot is an error.
  private static func hasLogs(_ store: any ObjectStore) throws(Failure) -> Bool {
    do throws(StoreError) {
      return try !store.list("_dativo").isEmpty
    } catch {
      if case .system = error { return false }
      throw Failure(error)
    }
  }

  /// The logs of all pipelines, or of one; those that have to do with the table.
  package func histories(pipeline: String? = nil) throws(Failure) -> [History] {
    let all = try read(pipeline)
    guard let table else { return all }
    let own = all.filter { $0.tables.contains(table) }
    guard own.isEmpty else { return own }
    let tables = Set(all.flatMap(\.tables)).sorted()
    throw Failure(
      .configuration,
      "no commit at \(root) has a table \(table)",
      hint: Nearest.name(to: table, among: tables).map { "Did you mean \($0)?" }
        ?? (tables.isEmpty ? nil : "There are: \(tables.joined(separator: ", ")).")
    )
  }

  private func read(_ pipeline: String?) throws(Failure) -> [History] {
    let names: [String]
    do throws(CommitError) {
      names = try History.pipelines(store)
    } catch {
      throw Failure(error)
    }
    if let pipeline, !names.contains(pipeline) {
      throw Failure(
        .configuration,
        "there is no pipeline \(pipeline) at \(root)",
        hint: names.isEmpty ? nil : "There are: \(names.joined(separator: ", "))."
      )
    }
    var histories: [History] = []
    for name in names where pipeline == nil || name == pipeline {
      do throws(CommitError) {
        histories.append(try History(store, name))
      } catch {
        throw Failure(error)
      }
    }
    return histories
  }

  /// Holds everything against the logs; `rowCount` reads a file's footer.
  package func verify(
    _ histories: [History],
    rowCount: @escaping (DataFile) -> Verification.RowCount
  ) throws(Failure) -> Verification {
    do throws(CommitError) {
      return try Verification(store, histories, table: table) { path, _ in
        do throws(Failure) {
          return rowCount(try file(path))
        } catch {
          return .unreadable(error.message)
        }
      }
    } catch {
      throw Failure(error)
    }
  }
}
