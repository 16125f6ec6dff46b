package import Commits
internal import JSON
internal import Storage
package import Wire

/// A folder with tables and their commit logs, or one table of it, as a user names it.
package struct Destination: Sendable {
  /// The folder that has `_dativo`.
  package let root: String
  /// The folder of the one table meant, relative to the root; nil for all.
  package let table: String?
  private let store: LocalStore

  /// Finds the destination at a path, or above it where the path is that of a table.
  package init(_ path: String) throws(Failure) {
    guard !path.hasPrefix("s3://") else {
      throw Failure(
        .configuration,
        "\(path) is not on the local disk",
        hint: "This command reads commit logs of local destinations so far."
      )
    }
    var root = path
    while root.count > 1, root.hasSuffix("/") { root.removeLast() }
    // What the user typed is shown; only what lies above it needs the whole path.
    if !Self.hasLogs(root) { root = Paths.absolute(root) }
    var below: String?
    while !Self.hasLogs(root), let slash = root.lastIndex(of: "/"), root.count > 1 {
      below = String(root[root.index(after: slash)...])
      root = slash == root.startIndex ? "/" : String(root[..<slash])
    }
    if Self.hasLogs(root) {
      self.root = root
      store = LocalStore(root: root)
      table = below
      return
    }
    throw Failure(
      .configuration,
      "there is no commit log at \(path): no folder _dativo in it or above it",
      hint: "Name the target's \"destination\", or a table's folder in it."
    )
  }

  /// The same destination, but only the table in `folder`.
  package func narrowed(to folder: String) -> Destination {
    Destination(root: root, table: folder, store: store)
  }

  private init(root: String, table: String?, store: LocalStore) {
    self.root = root
    self.table = table
    self.store = store
  }

  /// Refuses a table whose readers follow `current` to one of several versions of its rows.
  package func checkAppendOnly() throws(Failure) {
    guard let table, (try? store.size("\(table)/current")) != nil else { return }
    throw Failure(
      .configuration,
      "the table \(table) keeps snapshots: it is not append-only",
      hint: "Its next load writes it anew; there is nothing to compact."
    )
  }

  private static func hasLogs(_ root: String) -> Bool {
    (try? LocalStore(root: root).list("_dativo"))?.isEmpty == false
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
    let root = root
    do throws(CommitError) {
      return try Verification(store, histories, table: table) { path, _ in
        do throws(Failure) {
          return rowCount(try DataFile("\(root)/\(path)"))
        } catch {
          return .unreadable(error.message)
        }
      }
    } catch {
      throw Failure(error)
    }
  }
}
