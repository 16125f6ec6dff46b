import ConnectorKit
import Contracts

extension Filter {
  /// Adds the streams that never came though a contract has rules about their ends, such as how many
  /// rows there are: none.
  mutating func openAbsentStreams() {
    for entry in contracts.entries where !hasStream(of: entry) {
      Log.warning("no stream carried the object \(entry.object.name) of the contract")
      let name = entry.object.physicalName ?? entry.object.name
      let stream = StreamCheck(name, entry, settings, maskKey: maskKey)
      guard stream.object?.endRules.isEmpty == false else { continue }
      stream.isAbsent = true
      streams.append(stream)
    }
  }

  private func hasStream(of entry: ContractSet.Entry) -> Bool {
    streams.contains { stream in
      stream.entry?.object.name == entry.object.name
        && stream.entry?.contract.id == entry.contract.id
    }
  }
}
