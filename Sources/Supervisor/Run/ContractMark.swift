internal import Contracts
internal import JSON
internal import Posix

/// Which contract a run was held to, for its record: `{path, id, version, sha256}`.
struct ContractMark: Sendable {
  let json: JSONValue

  /// Reads the file as it is now; one that is no contract is named by its path alone.
  init(_ path: String) {
    var object: JSONObject = ["path": .string(path)]
    if let bytes = try? Files.read(path), let contract = ContractFile.load(bytes).contract {
      object["id"] = .string(contract.id)
      object["version"] = .string(contract.version)
      object["sha256"] = .string(contract.sha256)
    }
    json = .object(object)
  }
}
