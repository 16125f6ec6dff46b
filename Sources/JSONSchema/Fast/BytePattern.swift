/// A pattern that is a row of classes of ASCII, each so many times: `^[\w.-]+/[A-Z]{2}$`.
///
/// Many patterns are. Where no class can take a byte that the next might need, running over the text
/// once decides, and no engine has to. A text that it does not accept may match all the same.
package struct BytePattern: Hashable, Sendable {
  /// A class and how often a byte of it stands here.
  struct Step: Hashable, Sendable {
    /// One bit for each of the first 64 characters, and of the second.
    var low: UInt64 = 0
    var high: UInt64 = 0
    var least = 1
    var most = 1

    @inline(__always)
    func takes(_ byte: UInt8) -> Bool {
      let half = byte < 64 ? low : high
      return byte < 128 && (half &>> UInt64(byte & 63)) & 1 == 1
    }

    fileprivate mutating func insert(_ range: ClosedRange<UInt8>) {
      for byte in range {
        if byte < 64 { low |= 1 << UInt64(byte) } else { high |= 1 << UInt64(byte - 64) }
      }
    }

    fileprivate func meets(_ other: Step) -> Bool { low & other.low != 0 || high & other.high != 0 }
  }

  let steps: [Step]

  /// Nil for a pattern that is anything else, or that is not bound to both ends of the text.
  package init?(_ source: String) {
    var rest = ArraySlice(source.utf8)
    guard rest.popFirst() == UInt8(ascii: "^") else { return nil }
    var steps: [Step] = []
    while let byte = rest.popFirst(), byte != UInt8(ascii: "$") || !rest.isEmpty {
      guard var step = Self.atom(byte, &rest), Self.repeats(&step, &rest) else { return nil }
      steps.append(step)
    }
    guard source.hasSuffix("$"), source.hasSuffix("\\$") == false, Self.isDecided(steps) else {
      return nil
    }
    self.steps = steps
  }

  /// Whether no step that may go on could leave a byte to one behind it.
  private static func isDecided(_ steps: [Step]) -> Bool {
    for (index, step) in steps.enumerated() where step.least < step.most {
      for next in steps[(index + 1)...] {
        if step.meets(next) { return false }
        if next.least > 0 { break }
      }
    }
    return true
  }

  private static func atom(_ byte: UInt8, _ rest: inout ArraySlice<UInt8>) -> Step? {
    var step = Step()
    switch byte {
    case UInt8(ascii: "["):
      return list(&rest)
    case UInt8(ascii: "\\"):
      guard escape(&rest, into: &step) != nil else { return nil }
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      step.insert(byte...byte)
    default:
      guard " !\"#%&',-/:;<=>@_`~".utf8.contains(byte) else { return nil }
      step.insert(byte...byte)
    }
    return step
  }

  /// What a backslash begins: its one byte, or 0 for a class; nil for what is not read here.
  private static func escape(_ rest: inout ArraySlice<UInt8>, into step: inout Step) -> UInt8? {
    guard let byte = rest.popFirst() else { return nil }
    switch byte {
    case UInt8(ascii: "d"): step.insert(0x30...0x39)
    case UInt8(ascii: "w"):
      for range in [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A] as [ClosedRange<UInt8>] {
        step.insert(range)
      }
    case _ where "^$\\.*+?()[]{}|/-".utf8.contains(byte):
      step.insert(byte...byte)
      return byte
    default: return nil
    }
    return 0
  }

  /// A class in brackets, from behind the first.
  private static func list(_ rest: inout ArraySlice<UInt8>) -> Step? {
    var step = Step()
    let isNegated = rest.first == UInt8(ascii: "^")
    if isNegated { rest.removeFirst() }
    // The byte before, from which a range may go on; nil behind a class or a range.
    var first: UInt8?
    while let byte = rest.popFirst(), byte != UInt8(ascii: "]") {
      var last: UInt8? = byte
      if byte == UInt8(ascii: "-"), rest.first != UInt8(ascii: "]"), let low = first {
        guard let high = rest.popFirst(), high < 128, high >= low, high != UInt8(ascii: "\\"),
          high != UInt8(ascii: "[")
        else { return nil }
        step.insert(low...high)
        first = nil
        continue
      }
      if byte == UInt8(ascii: "\\") {
        guard let found = escape(&rest, into: &step) else { return nil }
        last = found == 0 ? nil : found
        // What a range from or to a class means is left to the engine.
        if last == nil, rest.first == UInt8(ascii: "-"), rest.dropFirst().first != UInt8(ascii: "]")
        {
          return nil
        }
      } else {
        // A bracket or a doubled sign has a meaning of its own in some notations.
        guard byte < 128, byte != UInt8(ascii: "["), byte != UInt8(ascii: "&") else { return nil }
        step.insert(byte...byte)
      }
      first = last
    }
    if isNegated { (step.low, step.high) = (~step.low, ~step.high) }
    return step.low | step.high == 0 ? nil : step
  }

  /// Reads how often; false for what is not read here.
  private static func repeats(_ step: inout Step, _ rest: inout ArraySlice<UInt8>) -> Bool {
    switch rest.first {
    case UInt8(ascii: "*")?: (step.least, step.most) = (0, .max)
    case UInt8(ascii: "+")?: step.most = .max
    case UInt8(ascii: "?")?: step.least = 0
    case UInt8(ascii: "{")?:
      guard let close = rest.firstIndex(of: UInt8(ascii: "}")) else { return false }
      let text = String(decoding: rest[rest.startIndex + 1..<close], as: UTF8.self)
      let bounds = text.split(separator: ",", omittingEmptySubsequences: false)
      guard bounds.count <= 2, bounds.allSatisfy({ $0.allSatisfy(\.isNumber) }),
        let least = Int(bounds[0])
      else { return false }
      step.least = least
      step.most = bounds.count == 1 ? least : bounds[1].isEmpty ? .max : Int(bounds[1]) ?? -1
      guard step.least <= step.most, least < 1 << 16 else { return false }
      rest = rest[close...]
    default: return true
    }
    rest.removeFirst()
    return rest.first.map { !"?+*{".utf8.contains($0) } ?? true
  }
}
