internal import Contracts
internal import JSON

extension V1Source {
  /// A database, and the tap of the catalog that reads it.
  struct Database {
    let tap: String
    let schema: String
    let port: Int
    /// The variables that the predecessor's secrets files set, by setting.
    let variables: [(setting: String, name: String)]
    /// The setting that takes a whole address.
    let address: String?
    let filter: String
    let filterIsList: Bool
    /// Whether messages name a stream with the schema before it.
    let isQualified: Bool

    static let postgres = Database(
      tap: "meltanolabs-postgres",
      schema: "public",
      port: 5432,
      variables: [
        ("host", "PGHOST"), ("user", "PGUSER"), ("password", "PGPASSWORD"),
        ("database", "PGDATABASE"),
      ],
      address: "sqlalchemy_url",
      filter: "filter_schemas",
      filterIsList: true,
      isQualified: true
    )
    static let mysql = Database(
      tap: "mysql",
      schema: "",
      port: 3306,
      variables: [
        ("host", "MYSQL_HOST"), ("user", "MYSQL_USER"), ("password", "MYSQL_PASSWORD"),
        ("database", "MYSQL_DATABASE"),
      ],
      address: nil,
      filter: "filter_dbs",
      filterIsList: false,
      isQualified: false
    )
  }

  /// The tables of a database.
  func database(_ kind: Database, _ notes: inout ImportNotes) -> Made? {
    let tables = job.source["tables"]?.elements ?? []
    guard let first = tables.first, let name = first["name"]?.text else {
      notes.left(
        job.root["source"] ?? job.root,
        "a database without tables: the job is not carried",
        hint: "The predecessor read `tables: [{name: public.orders, object: orders}]`."
      )
      return nil
    }
    var config = connection(kind, &notes)
    var select: [JSONValue] = []
    var metadata = JSONObject()
    var schemas: [String] = []
    for table in tables {
      guard let name = table["name"]?.text else { continue }
      let (schema, plain) = parts(name, kind)
      if !schema.isEmpty, !schemas.contains(schema) { schemas.append(schema) }
      let stream = schema.isEmpty ? plain : "\(schema)-\(plain)"
      select.append(.string("\(stream).*"))
      notes.carried(table, "the table \(name) as the stream \(stream)")
      let cursor =
        table["cursor_field"] ?? job.source["incremental", "cursor_field"]
        ?? job.source["incremental", "cursor_field_default"]
      guard let key = cursor?.text, job.source["incremental"] != nil else { continue }
      metadata[stream] = ["replication-method": "INCREMENTAL", "replication-key": .string(key)]
      if let cursor { notes.carried(cursor, "the cursor \(key) of \(stream)") }
    }
    if !schemas.isEmpty {
      config[kind.filter] =
        kind.filterIsList
        ? .array(schemas.map { .string($0) }) : .string(schemas.joined(separator: ","))
    }
    var section: JSONObject = ["tap": .string(kind.tap), "config": .object(config)]
    section["select"] = .array(select)
    if !metadata.isEmpty { section["metadata"] = .object(metadata) }
    let (schema, plain) = parts(name, kind)
    let isQualified = kind.isQualified && !schema.isEmpty
    let stream = isQualified ? "\(schema)-\(plain)" : plain
    return Made(section: section, title: kind.tap, stream: stream)
  }

  private func parts(_ name: String, _ kind: Database) -> (schema: String, table: String) {
    let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
    return parts.count == 2 ? (parts[0], parts[1]) : (kind.schema, name)
  }

  /// How the database is reached.
  private func connection(_ kind: Database, _ notes: inout ImportNotes) -> JSONObject {
    var config = JSONObject()
    if let dsn = job.source["dsn"] ?? job.source["connection", "dsn"] {
      guard let address = kind.address else {
        notes.left(dsn, "the address of the database", hint: "Write host, user and so on.")
        return config
      }
      config[address] = reference.value("dsn", dsn, &notes)
      return config
    }
    let layers =
      job.source.all("connection") + job.source.all("connection_template")
      + job.source.all("credentials")
    let secrets = job.source["credentials", "file"] ?? job.source["credentials", "file_template"]
    for (setting, variable) in kind.variables {
      if let value = layers[setting] ?? (setting == "user" ? layers["username"] : nil) {
        config[setting] = reference.value(setting, value, &notes)
      } else {
        config[setting] = .string("${\(variable)}")
        if let secrets {
          notes.carried(secrets, "\(setting) is read from the variable \(variable), no file")
        }
      }
    }
    if let port = layers["port"] {
      let number = V1Reference.number(port)
      if number == nil {
        notes.left(
          port,
          "the port \(port.text ?? ""), for a variable is text: \(kind.port) is taken",
          hint: "Write the number in the job."
        )
      }
      // This tap of MySQL wants a text.
      let value = number ?? .number(JSONNumber(kind.port))
      config["port"] = kind.filterIsList ? value : .string(value.encoded())
    }
    return config
  }
}
