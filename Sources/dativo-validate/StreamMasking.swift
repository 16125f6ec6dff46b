import Contracts
import JSON
import JSONSchema

// SAFETY, for the whole file: captures and positions lie inside the line of a record that was just
// read, which is valid JSON.

/// What is masked of one stream's records, and how often that was done.
final class StreamMasking {
  typealias Position = UnsafePointer<UInt8>

  /// A field of the record with a mask on it or below it.
  private struct Field {
    let capture: Int
    /// Its place among the record's.
    let index: Int
    let number: Int
    let action: MaskAction?
  }

  /// A captured value that must not leave as it is.
  @safe
  private struct Place {
    let start: Position
    let end: Position
    let field: Int
  }

  let root: MaskNode
  private(set) var masker: Masker
  private let fields: [Field]
  /// Whether the fast check tells the places of all masked fields.
  let isSpliceable: Bool
  private var places: [Place] = []

  init(_ root: MaskNode, _ check: ObjectCheck, key: MaskKey?) {
    self.root = root
    masker = Masker(root, key: key)
    fields = root.children.enumerated().compactMap { index, node in
      guard node.hasMask, let capture = check.captureNumber(of: node.field) else { return nil }
      return Field(capture: capture, index: index, number: node.number, action: node.action)
    }
    isSpliceable = fields.count == Self.captured(root).count
  }

  /// Whether a field is masked, or anything below it.
  func isMasked(_ field: String) -> Bool {
    root.children.contains { $0.field == field && $0.hasMask }
  }

  /// The names of the fields whose places the fast check must keep.
  static func captured(_ root: MaskNode?) -> [String] {
    root?.children.filter(\.hasMask).map(\.field) ?? []
  }

  /// Adds to `output` the line of a record that the fast check has just passed, masked.
  func splice(
    _ start: Position,
    _ end: Position,
    _ stream: StreamCheck,
    _ output: inout [UInt8]
  ) {
    places.removeAll(keepingCapacity: true)
    for (index, field) in fields.enumerated() {
      guard let capture = stream.fast?.capture(field.capture) else { continue }
      let place = unsafe Place(start: capture.start, end: capture.end, field: index)
      let later = places.lastIndex { unsafe $0.start < place.start }
      places.insert(place, at: later.map { $0 + 1 } ?? 0)
    }
    var from = unsafe start
    for place in places {
      let field = fields[place.field]
      if field.action == .drop {
        masker.noteDropped(field.number)
        unsafe Self.copy(from, Self.key(before: place.start), &output)
        unsafe from = unsafe place.end
        let next = unsafe JSONScanner.skipWhitespace(from, end)
        if unsafe next.pointee == 0x2C {
          unsafe from = unsafe JSONScanner.skipWhitespace(next + 1, end)
        } else {
          Self.endMembers(&output)
        }
        continue
      }
      unsafe Self.copy(from, place.start, &output)
      if let action = field.action {
        unsafe masker.scalar(place.start, place.end, action, field.number, &output)
      } else {
        let count = output.count
        let node = root.children[field.index]
        do throws(JSONFault) {
          unsafe try masker.value(place.start, place.end, node, "", &output)
        } catch {
          // The check has read it just before; were that ever wrong, nothing of it may leave.
          output.removeSubrange(count...)
          output += Array("null".utf8)
        }
      }
      unsafe from = unsafe place.end
    }
    unsafe Self.copy(from, end, &output)
  }

  private static func copy(_ start: Position, _ end: Position, _ output: inout [UInt8]) {
    guard unsafe end > start else { return }
    unsafe output.append(contentsOf: UnsafeBufferPointer(start: start, count: end - start))
  }

  /// Takes back the comma after the last member that stays.
  private static func endMembers(_ output: inout [UInt8]) {
    while let byte = output.last, byte <= 0x20 || byte == 0x2C { output.removeLast() }
  }

  /// Where the key begins whose value is at `value`: its quote is the nearest that no backslash
  /// escapes.
  private static func key(before value: Position) -> Position {
    var p = unsafe value - 1
    while unsafe p.pointee != 0x3A { unsafe p -= 1 }
    while unsafe p.pointee != 0x22 { unsafe p -= 1 }
    while true {
      unsafe p -= 1
      guard unsafe p.pointee == 0x22 else { continue }
      var q = unsafe p
      while unsafe q[-1] == 0x5C { unsafe q -= 1 }
      if unsafe (p - q) % 2 == 0 { return unsafe p }
    }
  }

  /// The record's bytes, masked, and the pointers of what is, if they are asked for.
  func masked(
    _ record: [UInt8],
    explains: Bool
  ) throws(JSONFault) -> (bytes: [UInt8], pointers: [String]) {
    var bytes: [UInt8] = []
    let result: Result<[String], JSONFault> = unsafe record.withUnsafeBufferPointer { record in
      guard let start = record.baseAddress else { return .success([]) }
      do throws(JSONFault) {
        let end = unsafe start + record.count
        if explains {
          return .success(unsafe try masker.explained(start, end, root, to: &bytes))
        }
        unsafe try masker.record(start, end, root, to: &bytes)
        return .success([])
      } catch {
        return .failure(error)
      }
    }
    let pointers = try result.get()
    return (bytes, pointers)
  }

  /// The findings without the values that must not be told.
  func disclosed(_ findings: [Finding]) -> [Finding] {
    findings.map { finding in
      var finding = finding
      let disclosure = root.disclosure(of: finding.pointer)
      finding.pointer = disclosure.pointer
      if !disclosure.showsValue, !finding.value.isEmpty, finding.value != "null" {
        finding.value = "masked"
      }
      return finding
    }
  }

  /// The names of fields that differ in case only from masked ones, and pass.
  func lookalikes(_ names: [String]) -> [(name: String, masked: String)] {
    names.flatMap { name in
      root.children.filter { $0.hasMask && $0.field.lowercased() == name.lowercased() }
        .map { (name, $0.field) }
    }
  }
}
