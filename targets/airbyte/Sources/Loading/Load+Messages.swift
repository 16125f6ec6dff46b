import AirbyteKit
import ConnectorKit
import JSON
import Wire

// SAFETY, for the whole file: lines are lent by the reader for as long as a call.

extension Load {
  mutating func take(schema message: JSONValue?) throws(Failure) {
    guard let stream = message.flatMap(LoadedStream.init) else {
      throw broken("a SCHEMA without \"stream\" or \"schema\"")
    }
    take(stream)
  }

  mutating func take(_ stream: LoadedStream) {
    if let place = places[stream.name] {
      let isNew = !streams[place].isAnnounced && stream.isAnnounced
      if streams[place].take(stream) { isStale = true }
      // What merely the catalog named was not overwritten.
      if isNew, settings.stream(stream.name).mode == .overwrite { isStale = true }
    } else {
      places[stream.name] = streams.count
      streams.append(stream)
      isStale = true
    }
  }

  mutating func takeRecord(
    _ start: UnsafePointer<UInt8>,
    _ end: UnsafePointer<UInt8>
  ) throws(Failure) {
    guard let location = unsafe try? RecordLocation(start, end) else {
      throw broken("a RECORD without \"record\"")
    }
    guard let place = places[location.stream] else {
      throw broken("a RECORD of stream \(location.stream), which has no SCHEMA")
    }
    if let version = location.version, version != streams[place].version {
      try take(version: version, of: place)
    }
    try begin()
    streams[place].hasRows = true
    unsafe record.append(location, start, to: &buffer)
    records += 1
  }

  /// Rows of another version take the place of all others where the stream is overwritten.
  mutating func take(version: Int64, of place: Int) throws(Failure) {
    streams[place].version = version
    let mode = try streams[place].mode(settings.stream(streams[place].name), destination)
    guard mode == .overwrite else { return }
    streams[place].hasRows = false
    isStale = true
  }

  mutating func warnOfVersions(_ name: String) {
    guard let place = places[name], warned.insert(name).inserted else { return }
    let mode = try? streams[place].mode(settings.stream(name), destination)
    guard mode != .overwrite else { return }
    Log.warning(
      "stream \(name): rows of former versions stay, as its \"sync_mode\" is not \"overwrite\""
    )
  }

  mutating func take(state value: [UInt8]) throws(Failure) {
    if run == nil, streams.isEmpty, configured == nil {
      // Nothing has come that it could cover.
      return try replies.tell(value + [0x0A])
    }
    try begin()
    replies.outstanding.add(value)
    buffer += replies.outstanding.due()
  }

  // MARK: Airbyte's messages

  mutating func takeAirbyteRecord(
    _ start: UnsafePointer<UInt8>,
    _ end: UnsafePointer<UInt8>
  ) throws(Failure) {
    guard unsafe (try? RecordLocation(start, end)) != nil else {
      throw broken("a RECORD without \"stream\" or \"data\"")
    }
    try begin()
    unsafe pass(UnsafeBufferPointer(start: start, count: end - start))
    records += 1
  }

  mutating func take(
    trace: JSONValue?,
    _ start: UnsafePointer<UInt8>,
    _ end: UnsafePointer<UInt8>
  ) throws(Failure) {
    switch trace?["type"]?.string {
    case "ERROR": sourceError = ConnectorError(trace?["error"])
    case "STREAM_STATUS":
      let status = trace?["stream_status"]
      guard let name = AirbyteStream.name(status?["stream_descriptor"]) else { return }
      statuses[name] = status?["status"]?.string?.uppercased()
      try begin()
      unsafe pass(UnsafeBufferPointer(start: start, count: end - start))
    default: break
    }
  }

  mutating func pass(_ line: UnsafeBufferPointer<UInt8>) {
    unsafe buffer.append(contentsOf: line)
    buffer.append(0x0A)
  }
}
