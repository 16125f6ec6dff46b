extension Form {
  /// The form of a server of a type; nil for a type that the version does not have.
  static func server(_ type: String, _ version: ODCSVersion) -> Form? {
    guard let (since, keys) = servers[type], since <= version else { return nil }
    return Form("a server of type \(type)", closed: .v310, server, keys)
  }

  /// The types that a version has.
  static func serverTypes(_ version: ODCSVersion) -> [String] {
    servers.filter { $0.value.since <= version }.keys.sorted()
  }

  private static let server = """
    id id 3.1
    server text !
    type text !
    description text
    environment text
    roles [role]
    customProperties [custom]
    """

  /// Keys of a database that is reached by host and port; `required` are those that it must have.
  private static func database(_ keys: String, required: String) -> String {
    let needed = required.split(separator: " ")
    return keys.split(separator: " ").map { key in
      "\(key) \(key == "port" ? "port" : "text")\(needed.contains(key) ? " !" : "")"
    }.joined(separator: "\n")
  }

  private static let files = """
    location text !
    format =parquet|delta|json|csv|*@3.1
    delimiter =new_line|array|*@3.1
    encoding text 3.2
    """

  private static let servers: [String: (since: ODCSVersion, keys: String)] = [
    "api": (.v300, "location text !"),
    "athena": (
      .v300,
      """
      staging_dir any <3.0.2 !
      stagingDir text 3.0.2 !<3.2
      schema text !
      catalog text
      regionName text
      workgroup text 3.2
      """
    ),
    "azure": (
      .v300,
      """
      location text !
      format =parquet|delta|json|csv|*@3.1 !
      delimiter =new_line|array|*@3.1
      encoding text 3.2
      """
    ),
    "bigquery": (.v300, database("project dataset", required: "project dataset")),
    "clickhouse": (.v300, database("host port database", required: "host port database")),
    "databricks": (.v300, database("host catalog schema", required: "catalog schema")),
    "denodo": (.v300, database("host port database", required: "host port")),
    "dremio": (.v300, database("host port schema", required: "host port")),
    "duckdb": (.v300, "database text !\nschema scalar"),
    "glue": (
      .v300,
      """
      account text !
      database text !
      location text
      format text
      encoding text 3.2
      """
    ),
    "cloudsql": (
      .v300, database("host port database schema", required: "host port database schema")
    ),
    "db2": (.v300, database("host port database schema", required: "host port database")),
    "informix": (.v300, database("host port database", required: "host database")),
    "kafka": (.v300, "host text !\nformat text\nencoding text 3.2"),
    "kinesis": (.v300, "region text\nformat text\nencoding text 3.2"),
    "local": (.v300, "path text !\nformat text !\nencoding text 3.2"),
    "mysql": (.v300, database("host port database", required: "host port database")),
    "oracle": (.v300, database("host port serviceName", required: "host port serviceName")),
    "postgresql": (
      .v300, database("host port database schema", required: "host port database schema")
    ),
    "postgres": (
      .v300, database("host port database schema", required: "host port database schema")
    ),
    "presto": (.v300, database("host catalog schema", required: "host")),
    "pubsub": (.v300, "project text !"),
    "redshift": (
      .v300, database("host database schema region account", required: "database schema")
    ),
    "s3": (.v300, files + "\nendpointUrl text"),
    "sftp": (.v300, files),
    "snowflake": (
      .v300,
      database(
        "host port account database schema warehouse",
        required: "account database schema"
      )
    ),
    "sqlserver": (.v300, database("host port database schema", required: "host database schema")),
    "synapse": (.v300, database("host port database", required: "host port database")),
    "trino": (.v300, database("host port catalog schema", required: "host port catalog schema")),
    "vertica": (
      .v300, database("host port database schema", required: "host port database schema")
    ),
    "custom": (
      .v300,
      database(
        """
        account catalog database dataset delimiter endpointUrl format host location path port \
        project region regionName schema serviceName stagingDir warehouse
        """,
        required: ""
      ) + "\nstream text 3.1\nencoding text 3.2"
    ),
    "hive": (.v310, database("host port database", required: "host database")),
    "impala": (.v310, database("host port database", required: "host database")),
    "zen": (.v310, database("host port database", required: "host database")),
    "btrieve": (.v320, database("host port database", required: "host database")),
    "exasol": (.v320, database("host port schema", required: "host")),
    "hana": (.v320, database("host port database schema", required: "host")),
    "iceberg": (
      .v320, database("catalog catalogUrl namespace warehouse", required: "catalog catalogUrl")
    ),
    "ingres": (.v320, database("host port database", required: "host database")),
    "fastobjects": (.v320, database("host port database", required: "database")),
    "poet": (.v320, database("host port database", required: "database")),
    "teradata": (.v320, database("host port database", required: "host")),
    "vectorwise": (.v320, database("host port database", required: "host database")),
    "versant": (.v320, database("host port database", required: "database")),
  ]
}
