import ConnectorKit
import JSON
import JSONSchema
import Posix
import Wire

// SAFETY, for the whole file: positions lie inside the region or the line that is being read, or
// inside the copy of a line that its stream's coercion keeps until the next.

extension Filter {
  /// How many bytes of rewritten lines are gathered before they are written.
  private static let portion = 1 << 17

  /// A line that was found where its record could not be read again.
  var unreadable: Failure {
    Failure(.bug, "line \(lineNumber) was read once and not twice")
  }

  /// Goes over lines of one stream's form for as long as their records are surely fine, and writes
  /// them coerced and masked; whether one that is not was met, which is then the next line.
  ///
  /// `from` is where the bytes begin that have not been written.
  mutating func rewritesUntilUnsure(
    _ stream: StreamCheck,
    _ from: inout Position,
    _ p: inout Position,
    _ end: Position
  ) throws(Failure) -> Bool {
    current = stream
    unsafe try write(&from, p)
    var isUnsure = false
    stream.pendingUnknown = 0
    while unsafe stream.form.matches(p, end) {
      guard let next = unsafe rewrite(p, end, stream) else {
        isUnsure = true
        break
      }
      lineNumber += 1
      stream.read += 1
      stream.passed += 1
      stream.bytes += unsafe next - p
      stream.noteLosses(line: lineNumber)
      unsafe p = unsafe next
      unsafe from = unsafe next
      if rewritten.count >= Self.portion { try writeRewritten() }
    }
    try writeRewritten()
    return isUnsure
  }

  /// Adds the line at `p` to the rewritten ones and returns where it ends; nil, with nothing done,
  /// if its record is not surely fine.
  private mutating func rewrite(
    _ p: Position,
    _ end: Position,
    _ stream: StreamCheck
  ) -> Position? {
    guard stream.masking?.isSpliceable ?? true else { return nil }
    let prefix = stream.form.prefix.count
    var start = unsafe p
    var limit = unsafe end
    var lineEnd: Position?
    if let coercion = stream.coercion {
      guard let after = unsafe try? coercion.look(p + prefix, end),
        let next = unsafe stream.form.end(after: after, end)
      else { return nil }
      unsafe lineEnd = unsafe next
      unsafe (start, limit) = unsafe coercion.line(p, next) ?? (p, next)
    }
    let after = unsafe stream.fast?.record(start + prefix, limit)
    guard let after = unsafe after, let next = unsafe stream.form.end(after: after, limit),
      stream.acceptCapturedKeys()
    else {
      stream.pendingUnknown = stream.fast?.unknownVisited ?? 0
      return nil
    }
    if let masking = stream.masking {
      unsafe masking.splice(start, next, stream, &rewritten)
    } else {
      unsafe rewritten.append(contentsOf: UnsafeBufferPointer(start: start, count: next - start))
    }
    stream.coercion?.count()
    return unsafe lineEnd ?? next
  }

  private mutating func writeRewritten() throws(Failure) {
    try write(rewritten)
    rewritten.removeAll(keepingCapacity: true)
  }

  /// The record's bytes where its contract wants other ones; nil where they stay.
  func coerced(
    _ start: Position,
    _ end: Position,
    _ stream: StreamCheck
  ) throws(Failure) -> [UInt8]? {
    guard let coercion = stream.coercion else { return nil }
    do throws(JSONFault) {
      _ = unsafe try coercion.look(start, end)
    } catch {
      throw unreadable
    }
    coercion.count()
    return unsafe coercion.line(start, end).map { unsafe Self.bytes($0.start, $0.end) }
  }
}
