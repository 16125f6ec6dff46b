internal import Contracts
internal import JSON
internal import Posix

/// Which contract a run was held to, for its record: `{path, id, version, sha256}`, whose it is, how
/// long data stay, and which classifications its fields have.
struct ContractMark: Sendable {
  let json: JSONValue

  /// Reads the file as it is now; one that is no contract is named by its path alone.
  init(_ path: String) {
    var object: JSONObject = ["path": .string(path)]
    if let bytes = try? Files.read(path), let contract = ContractFile.load(bytes).contract {
      object["id"] = .string(contract.id)
      object["version"] = .string(contract.version)
      object["sha256"] = .string(contract.sha256)
      object["owner"] = contract.owner.map { .string($0) }
      object["domain"] = contract.domain.map { .string($0) }
      let tags = contract.document["tags"]?.array ?? []
      if !tags.isEmpty { object["tags"] = .array(tags) }
      let retention = contract.serviceLevels.first {
        ["retention", "re"].contains($0.name.lowercased())
      }
      object["retention"] = retention.map { .string($0.promise) }
      let labels = Set(contract.objects.flatMap { $0.properties.compactMap(\.classification) })
      if !labels.isEmpty {
        object["classifications"] = .array(labels.sorted().map { .string($0) })
      }
    }
    json = .object(object)
  }
}
