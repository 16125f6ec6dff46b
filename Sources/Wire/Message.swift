package import JSON

// SAFETY, for the whole file: every read lies between the start and the end of one line.

/// One line of the wire, its parts found but not decoded: Singer's messages and Airbyte's.
///
/// Ranges are offsets from the start of the line. Of equal keys the last stands. Types are
/// compared without regard to case, as the Singer specification has it.
package struct Message: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    case schema, record, state, activateVersion, batch
    case airbyteRecord, airbyteState, airbyteLog, airbyteTrace, airbyteOther
    /// A type that is none of these: it passes.
    case unknown(String)
  }

  package let kind: Kind
  /// The stream's name; for Airbyte without its namespace.
  package let stream: String?
  /// The members of the envelope, by key.
  package let members: [String: Range<Int>]

  /// Why a line is no message.
  package enum Problem: Error, Hashable {
    case notJSON(JSONFault)
    case notAnObject
    case noType
  }

  package init(
    _ start: UnsafePointer<UInt8>,
    _ end: UnsafePointer<UInt8>
  ) throws(Problem) {
    do throws(JSONFault) {
      var p = unsafe JSONScanner.skipWhitespace(start, end)
      guard unsafe p < end, unsafe p.pointee == 0x7B else {
        unsafe p = unsafe try JSONScanner.skipValue(p, end)
        unsafe p = unsafe JSONScanner.skipWhitespace(p, end)
        if unsafe p < end { throw unsafe JSONFault(.trailingBytes, remaining: end - p) }
        members = [:]
        kind = .unknown("")
        stream = nil
        throw JSONFault(.unexpectedByte, remaining: -1)
      }
      members = unsafe try Members.scan(&p, start, end)
      unsafe p = unsafe JSONScanner.skipWhitespace(p, end)
      if unsafe p < end { throw unsafe JSONFault(.trailingBytes, remaining: end - p) }
    } catch {
      throw error.remaining < 0 ? .notAnObject : .notJSON(error)
    }
    guard let range = members["type"], unsafe start[range.lowerBound] == 0x22 else {
      throw .noType
    }
    let type = unsafe Members.text(start, range)
    stream = members["stream"].map { unsafe Members.text(start, $0) }
    kind =
      switch type.uppercased() {
      case "SCHEMA": .schema
      case "RECORD": members["stream"] == nil ? .airbyteRecord : .record
      case "STATE": members["state"] != nil && members["value"] == nil ? .airbyteState : .state
      case "ACTIVATE_VERSION": .activateVersion
      case "BATCH": .batch
      case "LOG": .airbyteLog
      case "TRACE": .airbyteTrace
      case "CONTROL", "SPEC", "CATALOG", "CONNECTION_STATUS", "DESTINATION_CATALOG": .airbyteOther
      default: .unknown(type)
      }
  }

  /// The value of a member, as a tree.
  package func value(_ key: String, in start: UnsafePointer<UInt8>) -> JSONValue? {
    members[key].flatMap { range in
      let bytes = unsafe UnsafeRawBufferPointer(start: start + range.lowerBound, count: range.count)
      return unsafe try? JSONValue.parse(bytes)
    }
  }

  /// The bytes of a member, exactly as they stand.
  package func bytes(_ key: String, in start: UnsafePointer<UInt8>) -> [UInt8]? {
    members[key].map { range in
      unsafe Array(UnsafeBufferPointer(start: start + range.lowerBound, count: range.count))
    }
  }
}
