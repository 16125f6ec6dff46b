import Columns
import ConnectorKit
import JSON
import Parquet
import Wire

/// How a stream's rows are laid out in folders and files.
struct Layout: Sendable {
  static let settings = [
    Setting(
      "target_file_size",
      .size,
      "A file is closed when it reaches this size.",
      default: "256MiB"
    ),
    Setting("max_file_rows", .integer, "A file is closed when it has so many rows."),
    Setting("max_file_age", .integer, "A file is closed after so many seconds."),
    Setting(
      "partition_by",
      .array,
      "Columns whose values name folders, as Hive has them: \"country\", \"month(created_at)\"."
    ),
    Setting(
      "partition_columns_in_file",
      .boolean,
      "Files have the columns, too, whose values the folders tell.",
      default: false
    ),
    Setting(
      "sort_by",
      .array,
      "Columns by which the rows of each row group are sorted: \"id\", \"created_at desc\"."
    ),
  ]

  /// One column to sort by, by its name or dotted path.
  struct Order: Hashable, Sendable {
    let column: String
    let isDescending: Bool
  }

  /// The bytes that a file shall have, kept within a tenth.
  var fileSize = 256 << 20
  var maxRows: Int?
  /// In seconds.
  var maxAge: Int?
  var partitioning: Partitioning?
  var order: [Order] = []
  private var place = ""

  /// Reads the settings; `value` finds one by its name, `place` where it stands.
  init(
    _ value: (String) -> JSONValue?,
    place: (String) -> String
  ) throws(Failure) {
    self.place = place("partition_by")
    if let size = value("target_file_size") {
      let name = "\(place("target_file_size")): \"target_file_size\""
      fileSize = try ByteSize.read(size, name) ?? fileSize
      guard fileSize > 0 else { throw Failure(.configuration, "\(name) must be at least 1") }
    }
    maxRows = try Self.positive("max_file_rows", value, place)
    maxAge = try Self.positive("max_file_age", value, place)
    if let list = value("partition_by"), list.array?.isEmpty == false {
      do throws(Partitioning.Problem) {
        let keeps = value("partition_columns_in_file")?.bool ?? false
        partitioning = try Partitioning(list, keepsColumns: keeps)
      } catch {
        throw failure(error)
      }
    }
    for entry in value("sort_by")?.array ?? [] {
      let words = entry.string?.split(separator: " ") ?? []
      let direction = words.count == 2 ? words[1].lowercased() : "asc"
      guard let column = words.first, words.count <= 2, ["asc", "desc"].contains(direction) else {
        throw Failure(
          .configuration,
          "\(place("sort_by")): \(entry.encoded()) does not say what to sort by",
          hint: "\"column\" or \"column desc\""
        )
      }
      order.append(Order(column: String(column), isDescending: direction == "desc"))
    }
  }

  /// Refuses a stream that cannot be laid out so.
  func check(_ schema: Schema, stream: String) throws(Failure) {
    if let problem = partitioning?.problem(in: schema) {
      throw failure(.init(message: "stream \(stream): \(problem.message)", hint: problem.hint))
    }
    let files = partitioning?.fileSchema(schema) ?? schema
    for key in order where RowOrder.leaf(key.column, in: files) == nil {
      let near = Nearest.name(to: key.column, among: files.fields.map(\.name))
      throw Failure(
        .configuration,
        "stream \(stream): \"sort_by\" names \"\(key.column)\", which is no column with one value "
          + "a row in the files",
        hint: near.map { "Did you mean \"\($0)\"?" }
      )
    }
  }

  /// Whether a file of so many rows and bytes may be one of the table's as it is.
  func takesWhole(rows: Int, bytes: Int) -> Bool {
    partitioning == nil && order.isEmpty && rows <= maxRows ?? Int.max && bytes <= fileSize
  }

  /// The rows in the order of the files.
  func sorted(_ batch: consuming Batch) -> Batch {
    guard !order.isEmpty else { return batch }
    let keys = sorting(batch.schema).map { ($0.leaf, $0.isDescending) }
    return batch.picked(RowOrder.rows(batch, by: keys))
  }

  /// What the files of `schema` say of that order.
  func sorting(_ schema: Schema) -> [SortingColumn] {
    order.compactMap { key in
      RowOrder.leaf(key.column, in: schema).map { leaf in
        SortingColumn(
          leaf: leaf,
          isDescending: key.isDescending,
          hasNullsFirst: !key.isDescending
        )
      }
    }
  }

  private func failure(_ problem: Partitioning.Problem) -> Failure {
    Failure(.configuration, "\(place): \(problem.message)", hint: problem.hint)
  }

  private static func positive(
    _ name: String,
    _ value: (String) -> JSONValue?,
    _ place: (String) -> String
  ) throws(Failure) -> Int? {
    guard let number = value(name)?.number?.int64 else { return nil }
    guard number > 0 else {
      throw Failure(.configuration, "\(place(name)): \"\(name)\" must be at least 1")
    }
    return Int(number)
  }
}
