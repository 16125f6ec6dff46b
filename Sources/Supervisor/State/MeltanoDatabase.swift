internal import GRDB
package import JSON
internal import Posix
package import Wire

/// The table `state` of a system database of Meltano, in SQLite.
package enum MeltanoDatabase {
  private static let mark = Array("SQLite format 3\0".utf8)

  /// The rows as JSON; nil for a file that is no database.
  package static func rows(_ path: String) throws(Failure) -> JSONValue? {
    guard Paths.isFile(path), let bytes = try? Files.read(path), bytes.starts(with: mark) else {
      return nil
    }
    do {
      var configuration = Configuration()
      configuration.readonly = true
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      return try queue.read { database in
        let columns = ["state_id", "completed_state", "partial_state"]
        let names = columns.joined(separator: ", ")
        return .array(
          try Row.fetchAll(database, sql: "SELECT \(names) FROM state ORDER BY state_id")
            .map { row in
              var object = JSONObject()
              for column in columns {
                if let text = String.fromDatabaseValue(row[column]) {
                  object[column] = .string(text)
                }
              }
              return .object(object)
            }
        )
      }
    } catch {
      throw Failure(
        .configuration,
        "\(path): the states of Meltano cannot be read: \(error)",
        hint: "`meltano state get ID` prints one."
      )
    }
  }
}
