import ConnectorKit
import Contracts
import JSON
import JSONSchema
import Wire

/// What of a stream is not wanted, so that it is left out where a tap sends it all the same.
enum Deselection {
  case stream
  case fields(KnownFields)

  /// From the setting: `true`, or the paths of fields, each a list of names; nil for anything else.
  init?(_ value: JSONValue) {
    switch value {
    case .bool(true): self = .stream
    case .array(let paths) where !paths.isEmpty:
      var names: [[String]] = []
      for path in paths {
        guard let steps = path.array, !steps.isEmpty else { return nil }
        let texts = steps.compactMap(\.string)
        guard texts.count == steps.count else { return nil }
        names.append(texts)
      }
      self = .fields(KnownFields(leavingOut: names))
    default: return nil
    }
  }
}

// SAFETY, for the whole file: positions lie inside the line that is being read.

extension Filter {
  /// Whether nothing of the stream is wanted.
  func isUnwanted(_ name: String?) -> Bool {
    if let name, case .stream? = settings.deselected[name] { true } else { false }
  }

  /// The line of a record without the fields that are not wanted; nil where it has none of them.
  mutating func selected(
    _ stream: StreamCheck,
    _ location: RecordLocation,
    _ start: Position,
    _ end: Position
  ) throws(Failure) -> [UInt8]? {
    guard let known = stream.wantedFields else { return nil }
    let (first, last) = unsafe (
      start + location.record.lowerBound, start + location.record.upperBound
    )
    do throws(JSONFault) {
      guard let record = unsafe try known.pruned(first, last) else { return nil }
      stream.noteUnwanted()
      return unsafe Self.bytes(start, first) + record + Self.bytes(last, end)
    } catch {
      throw unreadable
    }
  }
}

extension StreamCheck {
  /// What stays of records; nil where all of it is wanted.
  var wantedFields: KnownFields? {
    if case .fields(let known)? = deselection { known } else { nil }
  }

  /// Says once that the tap sends what it was not asked for.
  func noteUnwanted() {
    guard !hasToldUnwanted else { return }
    hasToldUnwanted = true
    let what = wantedFields == nil ? "it is" : "fields are"
    Log.warning("stream \(name): the tap sends it though \(what) not selected: left out")
  }
}
