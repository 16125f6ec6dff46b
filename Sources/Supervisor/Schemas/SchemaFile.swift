/// The JSON Schemas of Dativo's own files, built into the program so that they need no network.
package enum SchemaFile: String, CaseIterable, Sendable {
  case job, plugin, contract, event, commit, run, state, envelope

  /// The text, as it lies in `schemas/`.
  package var text: String {
    let bytes =
      switch self {
      case .job: PackageResources.job_schema_json
      case .plugin: PackageResources.plugin_schema_json
      case .contract: PackageResources.contract_schema_json
      case .event: PackageResources.event_schema_json
      case .commit: PackageResources.commit_schema_json
      case .run: PackageResources.run_schema_json
      case .state: PackageResources.state_schema_json
      case .envelope: PackageResources.envelope_schema_json
      }
    return String(decoding: bytes, as: UTF8.self)
  }
}
