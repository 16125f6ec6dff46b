import ConnectorKit
import Contracts
import JSON
import JSONSchema
import Posix
import Wire

// SAFETY, for the whole file: positions lie inside the region or the line that is being read.

extension Filter {
  /// How many bytes of masked lines are gathered before they are written.
  private static let portion = 1 << 17

  /// Goes over lines of one stream's form for as long as their records are surely fine, and writes
  /// them masked; whether one that is not was met, which is then the next line.
  ///
  /// `from` is where the bytes begin that have not been written.
  mutating func masksUntilUnsure(
    _ stream: StreamCheck,
    _ from: inout Position,
    _ p: inout Position,
    _ end: Position
  ) throws(Failure) -> Bool {
    guard let masking = stream.masking else { return true }
    current = stream
    unsafe try write(&from, p)
    let prefix = stream.form.prefix.count
    var isUnsure = false
    stream.pendingUnknown = 0
    while unsafe stream.form.matches(p, end) {
      let after = unsafe stream.fast?.record(p + prefix, end)
      guard let after = unsafe after, let next = unsafe stream.form.end(after: after, end),
        stream.acceptCapturedKeys()
      else {
        stream.pendingUnknown = stream.fast?.unknownVisited ?? 0
        isUnsure = true
        break
      }
      do throws(JSONFault) {
        unsafe try masking.splice(p, next, stream)
      } catch {
        masking.output = []
        throw unreadable
      }
      lineNumber += 1
      stream.read += 1
      stream.passed += 1
      stream.bytes += unsafe next - p
      unsafe p = unsafe next
      unsafe from = unsafe next
      if masking.output.count >= Self.portion { try writeMasked(masking) }
    }
    try writeMasked(masking)
    return isUnsure
  }

  private mutating func writeMasked(_ masking: StreamMasking) throws(Failure) {
    try write(masking.output)
    masking.output.removeAll(keepingCapacity: true)
  }

  private var unreadable: Failure {
    Failure(.bug, "line \(lineNumber) was read once and not twice")
  }

  /// A record's bytes, masked, and the pointers of what is masked of it.
  func mask(
    _ record: UnsafeRawBufferPointer,
    _ masking: StreamMasking
  ) throws(Failure) -> ([UInt8], [String]) {
    do throws(JSONFault) {
      return unsafe try masking.masked(record)
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

  /// A message of an unknown type: it does not pass, since its data would pass as they are.
  mutating func withheldMessage() -> Decision {
    let key = "unknown type, withheld"
    if relayed[key] == nil {
      Log.warning(
        "line \(lineNumber): messages of unknown types do not pass, since fields are masked"
      )
    }
    relayed[key, default: 0] += 1
    return .drop
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

  /// Refuses keys and cursors that masking would not keep apart.
  func checkMaskedKeys(
    _ masking: StreamMasking,
    _ keys: [String],
    _ message: Message,
    _ start: Position
  ) throws(Failure) {
    let cursors = unsafe KeyProperties.read(message.value("bookmark_properties", in: start))
    for (names, what) in [(keys, "key property"), (cursors, "bookmark property")] {
      for name in names {
        guard let node = masking.root.children.first(where: { $0.field == name }), node.hasMask
        else { continue }
        if node.action != .hash {
          let action = node.action.map { " with \($0.name)" } ?? " below it"
          throw Failure(
            .configuration,
            "line \(lineNumber): the \(what) \(name) of stream \(message.stream ?? "") is masked"
              + action,
            hint: "Only hash keeps its values apart: write hash, or keep under masking.fields."
          )
        }
        if what == "bookmark property" {
          Log.warning(
            "stream \(message.stream ?? ""): \(name) is masked, but stands in the tap's STATE, "
              + "which passes as it is"
          )
        }
      }
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
