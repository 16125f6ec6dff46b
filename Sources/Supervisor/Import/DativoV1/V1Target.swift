internal import Contracts
internal import JSON

/// The target of a job: Parquet files where the predecessor put its own.
struct V1Target {
  let job: V1Job
  let asset: V1Asset?
  private var reference: V1Reference { V1Reference(tenant: job.tenant, connector: job.targetType) }
  private var place: Marked {
    job.root["target_connector"] ?? job.root["target"]?["type"] ?? job.root["target"] ?? job.root
  }

  init(job: V1Job, asset: V1Asset?) {
    self.job = job
    self.asset = asset
  }

  /// The section; nil, with a note, where the predecessor wrote what nothing here writes.
  func make(_ notes: inout ImportNotes) -> JSONObject? {
    if let writer = job.target["custom_writer"] {
      notes.left(
        writer,
        "the custom writer \(writer.text ?? "") runs inside the predecessor: the job is not carried",
        hint: "Any Singer target can be named under `target: {command: […]}`."
      )
      return nil
    }
    let format = job.target["file_format"]?.text?.lowercased() ?? "parquet"
    let isFiles = ["iceberg", "s3", "minio", "parquet", "local"].contains(job.targetType)
    guard isFiles, ["parquet", "iceberg"].contains(format) else {
      notes.left(
        place,
        "a target \(job.targetType) of \(format): the job is not carried",
        hint: "`dativo plugins list --all --role target` has the targets that are known."
      )
      return nil
    }
    var config = JSONObject()
    config["destination"] = .string(destination(&notes))
    var section: JSONObject = ["target": "parquet"]
    if let s3 = s3(&section, &notes) { config["s3"] = s3 }
    partitions(&config, &notes)
    if let size = job.target["parquet_target_size_mb"], let text = size.text, Int(text) != nil {
      config["target_file_size"] = .string("\(text)MiB")
      notes.carried(size, "files of \(text) MiB")
    }
    section["config"] = .object(config)
    catalog(&notes)
    return section
  }

  private var layers: [Marked] {
    let connections = job.target.all("connection") + job.target.all("connection_template")
    return connections.all("s3") + connections.all("minio") + connections
  }

  private func destination(_ notes: inout ImportNotes) -> String {
    func plain(_ key: String, _ value: Marked) -> String {
      reference.value(key, value, &notes).string ?? value.text ?? ""
    }
    let prefix = layers["prefix"].map { plain("prefix", $0) }?
      .split(separator: "/").joined(separator: "/")
    let end = prefix.map { $0.isEmpty ? "" : "/\($0)" } ?? ""
    if let bucket = layers["bucket"] {
      let text = "s3://\(plain("bucket", bucket))\(end)"
      notes.carried(bucket, "the files go to \(text)")
      if let warehouse = job.target["warehouse"] {
        notes.left(warehouse, "the warehouse \(warehouse.text ?? ""), for the bucket counts")
      }
      return text
    }
    if let warehouse = job.target["warehouse"] {
      let text = plain("warehouse", warehouse)
      let trimmed = text.hasSuffix("/") ? String(text.dropLast()) : text
      notes.carried(warehouse, "the files go to \(trimmed)")
      return trimmed.hasPrefix("file://") ? String(trimmed.dropFirst(7)) : trimmed
    }
    if let path = layers["path"] ?? layers["output_path"] ?? job.target["path"] {
      let text = plain("path", path)
      notes.carried(path, "the files go to \(text)")
      return text
    }
    notes.left(
      place,
      "where the files go: it stands nowhere",
      hint: "They go to the folder warehouse beside the job."
    )
    return "warehouse"
  }

  /// Endpoint and region; keys of other names become those that the target looks for.
  private func s3(_ section: inout JSONObject, _ notes: inout ImportNotes) -> JSONValue? {
    guard layers["bucket"] != nil || job.target["warehouse"]?.text?.hasPrefix("s3://") == true
    else {
      return nil
    }
    var s3 = JSONObject()
    for key in ["endpoint", "region"] {
      guard let value = layers[key] else { continue }
      var text = reference.value(key, value, &notes).string ?? ""
      // The target reads AWS_REGION by itself, and Amazon needs no endpoint.
      if text.isEmpty || text == "${AWS_REGION}" || text == "s3.amazonaws.com" { continue }
      if key == "endpoint", !text.contains("://"), !text.hasPrefix("${") {
        text = (layers["secure"]?.json.bool == false ? "http://" : "https://") + text
      }
      s3[key] = .string(text)
    }
    if layers["path_style_access"]?.json.bool == true { s3["path_style"] = true }
    var env = JSONObject()
    for (key, name) in [
      ("access_key_id", "AWS_ACCESS_KEY_ID"), ("secret_access_key", "AWS_SECRET_ACCESS_KEY"),
    ] {
      guard let value = layers[key] else { continue }
      let text = reference.value(key, value, &notes)
      if text != .string("${\(name)}") { env[name] = text }
      notes.carried(value, "\(key), as the variable \(name)")
    }
    if !env.isEmpty { section["env"] = .object(env) }
    return s3.isEmpty ? nil : .object(s3)
  }

  private func partitions(_ config: inout JSONObject, _ notes: inout ImportNotes) {
    guard
      let list = job.root["target"]?["partitioning"] ?? asset?.target?["partitioning"]
        ?? job.target["partitioning"] ?? job.target["partitioning_default"]
    else { return }
    var columns: [JSONValue] = []
    for name in list.texts {
      guard let text = name.text else { continue }
      guard let type = asset?.types.first(where: { $0.name == text })?.type else {
        notes.left(
          name,
          "the partition \(text) is no field of the asset",
          hint: "Partitions are values of columns: `partition_by: [\"day(created_at)\"]`."
        )
        continue
      }
      let isTime = ["timestamp", "date"].contains(V1Type(type).logical ?? "")
      columns.append(.string(isTime ? "day(\(text))" : text))
      notes.carried(name, "the partition \(isTime ? "day(\(text))" : text)")
    }
    if !columns.isEmpty { config["partition_by"] = .array(columns) }
  }

  /// What only the predecessor's tables had.
  private func catalog(_ notes: inout ImportNotes) {
    if job.targetType == "iceberg" {
      notes.left(
        place,
        "the Iceberg table: plain Parquet files with a commit log take its place",
        hint: "`dativo log DESTINATION --files` lists the committed files."
      )
    }
    for key in ["catalog", "branch", "markdown_kv_storage"] {
      if let value = job.target[key] { notes.left(value, "target.\(key)") }
    }
    for key in ["nessie", "glue", "unity"] {
      if let value = job.target["connection", key] { notes.left(value, "the catalog \(key)") }
    }
    let known: Set<String> = [
      "type", "description", "connection", "warehouse", "file_format", "partitioning", "catalog",
      "branch", "markdown_kv_storage", "parquet_target_size_mb", "path",
    ]
    for (key, value) in job.root["target"]?.members ?? [] where !known.contains(key) {
      notes.left(value, "target.\(key)")
    }
  }
}
