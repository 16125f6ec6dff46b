/// The keys of a job file, by the mapping that they stand in; `schemas/job.schema.json` has the same.
package enum JobKeys {
  package static let root = [
    "apiVersion", "kind", "tenant", "name", "description", "source", "contracts", "validation",
    "target", "state", "retry", "timeout", "idle_timeout", "stall_seconds", "hooks",
    "parallelism", "partitions", "resources", "sandbox", "secrets",
  ]
  /// What the Singer specification and the Meltano SDK know of in a catalog's metadata.
  package static let metadata = [
    "selected", "inclusion", "replication-method", "replication-key", "table-key-properties",
    "view-key-properties", "forced-replication-method", "valid-replication-keys",
    "selected-by-default", "schema-name", "database-name", "is-view", "row-count", "sql-datatype",
    "parent-tap-stream-id",
  ]
  /// The types of JSON Schema, for what a job says of a field.
  package static let types = [
    "string", "number", "integer", "boolean", "object", "array", "null",
  ]
  package static let source = [
    "tap", "command", "airbyte", "config", "select", "metadata", "schema", "lenient", "env",
    "window",
  ]
  /// Those of a source of Airbyte, which is one of the first three.
  package static let airbyte = [
    "executable", "package", "image", "container", "streams", "count_mismatch", "max_line_size",
    "config_store",
  ]
  /// Those of a destination of Airbyte.
  package static let airbyteDestination = [
    "executable", "package", "image", "container", "streams", "sync_mode", "namespace",
    "max_line_size", "config_store",
  ]
  package static let validation = [
    "mode", "quarantine", "report", "max_violations", "masking", "mask_key_file", "drift",
    "severity",
  ]
  package static let target = ["target", "command", "airbyte", "config", "env"]
  package static let state = ["backend", "path"]
  package static let hooks = Hook.Moment.allCases.map(\.rawValue)
  package static let hook = ["command", "webhook"]
  package static let retry = ["attempts", "initial_seconds", "max_seconds", "breaker"]
  package static let breaker = ["failures", "cooldown"]
}
