import AirbyteKit
import JSON
import Wire

/// A destination that has been asked for its specification.
struct Destination {
  let connector: Connector
  /// What it can do with the rows that it has.
  let modes: [SyncMode]
  private let specification: JSONValue

  var name: String { connector.name }

  init(_ settings: DestinationSettings) throws(Failure) {
    connector = try Connector(settings.connector)
    specification = try connector.specification()
    let told = specification["supported_destination_sync_modes"]?.array ?? []
    // Whoever says nothing appends, as the protocol's first destinations did.
    let modes = told.compactMap { $0.string.flatMap(SyncMode.init) }
    self.modes = modes.isEmpty ? [.append] : modes
  }

  func supports(_ mode: SyncMode) -> Bool { modes.contains(mode) }

  /// What takes the destination's secrets out of what it says.
  var remarks: Remarks {
    Remarks(name, connector.redaction(known: specification), connector.kept)
  }
}
