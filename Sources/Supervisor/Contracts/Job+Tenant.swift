internal import Contracts
internal import Posix
internal import Wire

extension Job {
  /// Contracts of another tenant than the job's, with the tenant that each names, in any case of
  /// letters; those that do not load are told of by whoever needs them.
  func contractsOfOthers() -> [(path: String, tenant: String)] {
    contractFiles().paths.compactMap { path in
      guard let bytes = try? Files.read(path),
        let named = ContractFile.load(bytes).contract?.tenant,
        named.lowercased() != tenant.lowercased()
      else { return nil }
      return (path, named)
    }
  }

  /// Throws where a contract is another tenant's: its data are not to be had here.
  func refuseContractsOfOthers() throws(Failure) {
    guard let other = contractsOfOthers().first else { return }
    throw Failure(
      .configuration,
      "\(shown(other.path)) is a contract of the tenant \(other.tenant), and the job is \(tenant)'s",
      hint: "Run it under that tenant, or remove \"tenant\" from the contract."
    )
  }
}
