internal import Glibc
package import JSON
internal import Posix
package import Wire

/// One line of a quarantine file.
package struct QuarantineLine: Sendable {
  /// The stream of lines that were no records.
  package static let noRecords = "_dativo_lines"

  /// The line, without its line feed.
  package let bytes: [UInt8]
  package let message: Message

  init?(_ bytes: [UInt8]) {
    self.bytes = bytes
    // SAFETY: the message keeps no pointer into the bytes.
    let message = unsafe bytes.withUnsafeBufferPointer { buffer -> Message? in
      guard let start = buffer.baseAddress else { return nil }
      return unsafe try? Message(start, start + buffer.count)
    }
    guard let message else { return nil }
    self.message = message
  }

  /// A member of the line, as its bytes stand.
  package func text(_ key: String) -> String? {
    message.members[key].map { String(decoding: bytes[$0], as: UTF8.self) }
  }

  package func value(_ key: String) -> JSONValue? {
    message.members[key].flatMap { try? JSONValue.parse(Array(bytes[$0])) }
  }

  package var stream: String { message.stream ?? "" }
  /// The record's number among the lines of its run's input.
  package var number: Int { Int(value("line")?.number?.int64 ?? 0) }
  package var run: String { value("run")?.string ?? "" }
  package var isRecord: Bool { message.kind == .record }

  /// The rules that the record breaks.
  package var violations: [JSONValue] { value("violations")?.array ?? [] }

  /// Whether values of it are masked: what they were cannot be judged again.
  var isMasked: Bool { value("masked")?.array?.isEmpty == false }

  /// Whether it has a key that a record had which was accepted: a later run, which knows no keys of
  /// this one, would take it.
  var isRepeat: Bool {
    violations.contains { $0["code"]?.string == "duplicate" }
  }

  /// The whole line as a value.
  package var json: JSONValue { (try? JSONValue.parse(bytes)) ?? .null }

  private static func open(_ path: String) throws(Failure) -> Descriptor {
    do throws(PosixError) {
      return try Descriptor(opening: path)
    } catch {
      throw Failure(.io, "the quarantine file \(path) cannot be read: \(error.reason)")
    }
  }

  /// Reads the lines of `path` in a range of bytes, each with the place where the next begins.
  ///
  /// A line without its line feed, and one that is no message, is passed over.
  package static func read(
    _ path: String,
    _ range: Range<Int>,
    _ take: (QuarantineLine, _ next: Int) throws(Failure) -> Void
  ) throws(Failure) {
    guard !range.isEmpty else { return }
    let file = try open(path)
    lseek(file.raw, off_t(range.lowerBound), SEEK_SET)
    var place = range.lowerBound
    var rest: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 20)
    while place < range.upperBound {
      let result: Result<Int, PosixError> = unsafe block.withUnsafeMutableBytes { room in
        do throws(PosixError) {
          return .success(unsafe try Descriptor.read(file.raw, into: room))
        } catch {
          return .failure(error)
        }
      }
      guard case .success(let count) = result else {
        throw Failure(.io, "the quarantine file \(path) cannot be read")
      }
      guard count > 0 else { return }
      rest += block[..<count]
      var from = 0
      while let feed = rest[from...].firstIndex(of: 0x0A) {
        let next = place + feed + 1 - from
        guard next <= range.upperBound else { return }
        if let line = QuarantineLine(Array(rest[from..<feed])) { try take(line, next) }
        place = next
        from = feed + 1
      }
      rest.removeFirst(from)
    }
  }
}
