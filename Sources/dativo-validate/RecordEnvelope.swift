import JSON
import Wire

// SAFETY, for the whole file: positions lie inside one line of valid JSON.

/// What stands around the record on its line.
///
/// Where records are masked, only members that the protocols know go on, each once: another copy
/// of the record under a second or an unknown key would leave as it came.
@safe
struct RecordEnvelope {
  typealias Position = UnsafePointer<UInt8>

  typealias Member = (key: String, value: Range<Int>)

  private static let singer = ["type", "stream", "record", "version", "time_extracted"]
  private static let airbyte = ["type", "record"]
  private static let inner = ["namespace", "stream", "data", "emitted_at", "meta"]

  private let start: Position
  private let end: Position
  private let record: Range<Int>
  /// The members of the line, and for Airbyte those of its record.
  private let outer: [Member]
  private let nested: [Member]
  /// Whether the line may be kept but for the record.
  let isPlain: Bool

  init(_ location: RecordLocation, _ start: Position, _ end: Position) throws(JSONFault) {
    unsafe self.start = start
    unsafe self.end = end
    record = location.record
    outer = unsafe try Self.members(start, 0, end)
    let envelope = outer.last { $0.key == "record" }?.value ?? location.record
    let isAirbyte = envelope != location.record
    nested = isAirbyte ? unsafe try Self.members(start, envelope.lowerBound, end) : []
    let names = isAirbyte ? Self.airbyte : Self.singer
    isPlain =
      unsafe Self.isPlain(outer, names, start) && Self.isPlain(nested, Self.inner, start)
  }

  private static func isPlain(_ members: [Member], _ names: [String], _ start: Position) -> Bool {
    Set(members.map(\.key)).count == members.count
      && members.allSatisfy { member in
        unsafe names.contains(member.key) && isKept(member, start)
      }
  }

  /// Whether the member's value is one that its key may have: only records and `meta` nest.
  static func isKept(_ member: Member, _ start: Position) -> Bool {
    let byte = unsafe start[member.value.lowerBound]
    if member.key == "version" { return byte &- 0x30 <= 9 || byte == 0x6E }
    // A time has digits in it, and nothing that could be a word.
    if member.key == "time_extracted", byte == 0x22 {
      return member.value.dropFirst().dropLast().allSatisfy { index in
        unsafe "0123456789-:.+TZ ".utf8.contains(start[index])
      }
    }
    return ["record", "data", "meta"].contains(member.key) || (byte != 0x7B && byte != 0x5B)
  }

  private static func members(
    _ start: Position,
    _ offset: Int,
    _ end: Position
  ) throws(JSONFault) -> [Member] {
    var members: [Member] = []
    var p = unsafe JSONScanner.skipWhitespace(start + offset, end)
    unsafe p = unsafe JSONScanner.skipWhitespace(try JSONScanner.expect(0x7B, p, end), end)
    while unsafe p < end, unsafe p.pointee != 0x7D {
      let name = unsafe try JSONScanner.expect(0x22, p, end)
      let scan = unsafe try JSONScanner.scanString(name, end)
      unsafe p = unsafe JSONScanner.skipWhitespace(scan.end + 1, end)
      unsafe p = unsafe JSONScanner.skipWhitespace(try JSONScanner.expect(0x3A, p, end), end)
      let next = unsafe try JSONScanner.skipValue(p, end)
      unsafe members.append((JSONScanner.text(name, scan), (p - start)..<(next - start)))
      unsafe p = unsafe JSONScanner.skipWhitespace(next, end)
      guard unsafe p < end, unsafe p.pointee == 0x2C else { break }
      unsafe p = unsafe JSONScanner.skipWhitespace(p + 1, end)
    }
    return members
  }

  /// The line with `masked` in place of the record.
  func line(with masked: [UInt8]) -> [UInt8] {
    var line: [UInt8] = []
    if isPlain {
      unsafe append(start, start + record.lowerBound, &line)
      line += masked
      unsafe append(start + record.upperBound, end, &line)
      return line
    }
    if nested.isEmpty {
      write(outer, Self.singer, &line) { line in line += masked }
    } else {
      write(outer, Self.airbyte, &line) { line in
        write(nested, Self.inner, &line) { line in line += masked }
      }
    }
    if unsafe end[-1] == 0x0A { line.append(0x0A) }
    return line
  }

  /// Writes the known members, the last of equal keys, with the record by `write`.
  private func write(
    _ members: [Member],
    _ names: [String],
    _ line: inout [UInt8],
    _ writeRecord: (inout [UInt8]) -> Void
  ) {
    line.append(0x7B)
    for name in names {
      guard let member = members.last(where: { $0.key == name }),
        unsafe Self.isKept(member, start)
      else { continue }
      if line.last != 0x7B { line.append(0x2C) }
      line += Array("\"\(name)\":".utf8)
      if name == "data" || name == "record" {
        writeRecord(&line)
      } else {
        unsafe append(start + member.value.lowerBound, start + member.value.upperBound, &line)
      }
    }
    line.append(0x7D)
  }

  private func append(_ from: Position, _ to: Position, _ line: inout [UInt8]) {
    unsafe line.append(contentsOf: UnsafeBufferPointer(start: from, count: to - from))
  }
}
