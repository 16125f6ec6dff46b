import JSON
import Posix

/// Shows lines that cross the stage to whoever asks at its control socket, one at a time.
///
/// It costs a look at the socket ten times a second, and nothing per record. It never waits: who
/// does not take the lines gets no more. Nobody sees what masking hides: where anything is masked,
/// lines before it are refused.
final class Peek {
  enum Side: String, CaseIterable { case tap, validate }

  private struct Request {
    let side: Side
    var left: Int
    let stream: String?
  }

  private let listener: Descriptor
  private let isMasking: Bool
  private var client: Int32?
  private var request: Request?
  private var next: UInt64 = 0

  /// Longer lines are cut: what a socket takes at once is bounded.
  private static let lineLimit = 16_384
  /// Lines of one block that are looked at for those of one stream.
  private static let lookedAt = 256
  private static let interval: UInt64 = 100_000_000

  /// Listens at `path`; nil where that cannot be, since a run does not depend on it.
  init?(_ path: String, isMasking: Bool) {
    guard let listener = try? LocalSocket.listening(at: path) else { return nil }
    self.listener = listener
    self.isMasking = isMasking
  }

  deinit { end() }

  /// Sees who has come and what they ask for.
  func look() {
    let now = Clock.monotonic
    guard now >= next else { return }
    next = now + Self.interval
    if client == nil { client = LocalSocket.accept(listener.raw) }
    guard let client, request == nil else { return }
    guard let bytes = LocalSocket.receive(client) else { return }
    guard let value = try? JSONValue.parse(bytes),
      let side = value["stage"]?.string.flatMap(Side.init),
      let limit = value["limit"]?.number?.int64
    else { return end() }
    guard side != .tap || !isMasking else {
      let answer: JSONValue = [
        "error": "fields are masked in this run, and lines before the mask are shown to nobody",
        "hint": "--stage validate shows them masked.",
      ]
      _ = LocalSocket.send(client, Array((answer.encoded() + "\n").utf8))
      return end()
    }
    guard LocalSocket.send(client, Array("{}\n".utf8)) else { return end() }
    request = Request(side: side, left: Int(limit), stream: value["stream"]?.string)
  }

  /// Shows lines of what came in or of what leaves, as many as are still asked for.
  func take(_ side: Side, _ bytes: UnsafeRawBufferPointer) {
    guard let asked = request, asked.side == side, let client else { return }
    var looked = 0
    var start = 0
    while start < bytes.count, let left = request?.left, left > 0, looked < Self.lookedAt {
      // SAFETY: both stay within the bytes that were lent.
      let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[start...])
      let length = unsafe rest.firstIndex(of: 0x0A) ?? rest.count
      start += length + 1
      looked += 1
      let line = unsafe Array(rest.prefix(min(length, Self.lineLimit)))
      if let stream = asked.stream {
        guard length <= Self.lineLimit, let value = try? JSONValue.parse(line),
          (value["stream"] ?? value["record"]?["stream"])?.string == stream
        else { continue }
      }
      let isCut = length > Self.lineLimit
      guard LocalSocket.send(client, line + (isCut ? Array(" …".utf8) : []) + [0x0A]) else {
        return end()
      }
      request?.left = left - 1
    }
    if request?.left == 0 { end() }
  }

  private func end() {
    if let client { LocalSocket.close(client) }
    client = nil
    request = nil
  }
}
