import ConnectorKit
import Contracts
import JSON
import JSONSchema
import Posix
import Wire

// SAFETY, for the whole file: positions lie inside the region or the line that is being read.

extension Filter {
  /// A record's bytes, masked, and the pointers of what is masked of it, if they are asked for.
  func mask(
    _ record: [UInt8],
    _ masking: StreamMasking,
    explains: Bool
  ) throws(Failure) -> (bytes: [UInt8], pointers: [String]) {
    do throws(JSONFault) {
      return try masking.masked(record, explains: explains)
    } catch {
      throw unreadable
    }
  }

  /// What stands around a record that is masked; nil for one of another stream.
  func envelope(
    of location: RecordLocation,
    _ stream: StreamCheck,
    _ start: Position,
    _ end: Position
  ) throws(Failure) -> RecordEnvelope? {
    guard stream.masking != nil else { return nil }
    do throws(JSONFault) {
      return unsafe try RecordEnvelope(location, start, end)
    } catch {
      throw unreadable
    }
  }

  /// Refuses a record on a message that is no RECORD: it would pass as it is.
  func refuseStrayRecord(_ message: Message) throws(Failure) {
    switch message.kind {
    case .record, .airbyteRecord, .unknown: return
    default: break
    }
    guard message.members["record"] != nil else { return }
    throw violation(
      "a message that is no RECORD has a record, which nothing would mask",
      hint: "The tap does not keep the protocol; report it to its authors."
    )
  }

  /// Refuses a BATCH of a stream with masked fields: its file would pass as it is.
  func refuseMaskedBatch(_ message: Message) throws(Failure) {
    guard contracts.isMasking else { return }
    let name = message.stream ?? ""
    guard try contracts.entry(for: name)?.mask != nil else { return }
    throw violation(
      "stream \(name): a BATCH message, in whose file nothing can be masked",
      hint: "Let the tap send records: remove batch_config from its configuration."
    )
  }

  /// Refuses keys and cursors of a SCHEMA that masking would not keep apart.
  func checkMaskedKeys(
    _ masking: StreamMasking,
    _ keys: [String],
    _ message: Message,
    _ start: Position
  ) throws(Failure) {
    let stream = message.stream ?? ""
    let cursors = unsafe KeyProperties.read(message.value("bookmark_properties", in: start))
    try checkMasked(keys, "key property", masking, stream)
    try checkMasked(cursors, "bookmark property", masking, stream)
    for name in cursors where masking.isMasked(name) {
      Log.warning(
        "stream \(stream): \(name) is masked, but stands in the tap's STATE, which passes as it is"
      )
    }
  }

  /// Refuses fields that are masked with anything but a hash.
  func checkMasked(
    _ names: [String],
    _ what: String,
    _ masking: StreamMasking,
    _ stream: String
  ) throws(Failure) {
    for node in masking.root.children where node.hasMask && names.contains(node.field) {
      if node.action == .hash { continue }
      let action = node.action.map { " with \($0.name)" } ?? " below it"
      throw Failure(
        .configuration,
        "line \(lineNumber): the \(what) \(node.field) of stream \(stream) is masked" + action,
        hint: "Only hash keeps its values apart: write hash, or keep under masking.fields."
      )
    }
  }
}

extension StreamCheck {
  /// Says so where fields passed whose names differ from masked ones in case only.
  func warnOfLookalikes() {
    guard let masking else { return }
    for (name, masked) in masking.lookalikes(unknownFields.map(\.name)) {
      Log.warning(
        "stream \(self.name): the field \(name) is not the masked \(masked), and passed as it is"
      )
    }
  }
}
