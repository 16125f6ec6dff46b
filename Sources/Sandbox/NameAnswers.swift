internal import CLinux
internal import Glibc

/// Answers the plugin's questions for names: granted ones have an address of loopback, where we
/// listen; all others do not exist.
package struct NameAnswers {
  private let grants: [HostGrant]
  /// The names that have an address, in the order of their addresses.
  private var names: [String] = []
  /// Names that were asked for and are not granted.
  package private(set) var refused: [String] = []

  package init(_ grants: [HostGrant]) { self.grants = grants }

  /// Addresses are those from here on: one for each name.
  private static let first: UInt32 = 0x7F01_0001
  private static let most = 60_000

  /// Who is meant by an address of loopback.
  package func host(at address: UInt32) -> String {
    let index = Int(address) - Int(Self.first)
    if names.indices.contains(index) { return names[index] }
    if address == 0x7F00_0001, !grants.contains(where: { $0.host == "127.0.0.1" }) {
      return "localhost"
    }
    return (0..<4).map { "\((address >> (24 - 8 * $0)) & 255)" }.joined(separator: ".")
  }

  /// The address of a name; nil, and noted, for one that is not granted.
  package mutating func address(of name: String) -> UInt32? {
    if let index = names.firstIndex(of: name) { return Self.first + UInt32(index) }
    guard grants.contains(where: { $0.covers(name) }), names.count < Self.most else {
      if !refused.contains(name), refused.count < 100 { refused.append(name) }
      return nil
    }
    names.append(name)
    return Self.first + UInt32(names.count - 1)
  }

  /// The answer to a question of DNS; nil for what is no question.
  package mutating func answer(_ question: [UInt8]) -> [UInt8]? {
    guard question.count >= 17, question[2] & 0xF8 == 0, question[4] == 0, question[5] == 1 else {
      return nil
    }
    var labels: [String] = []
    var offset = 12
    while offset < question.count, question[offset] != 0 {
      let length = Int(question[offset])
      guard length < 64, offset + length + 5 < question.count else { return nil }
      labels.append(String(decoding: question[(offset + 1)...(offset + length)], as: UTF8.self))
      offset += length + 1
    }
    guard offset + 5 <= question.count, !labels.isEmpty else { return nil }
    let kind = question[offset + 1] == 0 ? question[offset + 2] : 0
    let address = address(of: labels.joined(separator: ".").lowercased())
    let hasAddress = address != nil && kind == 1
    var answer = Array(question[..<(offset + 5)])
    // A response, recursion available; 3: there is no such name.
    answer[2] = 0x80 | (question[2] & 0x01) | 0x04
    answer[3] = 0x80 | (address == nil ? 3 : 0)
    answer.replaceSubrange(6..<12, with: [0, hasAddress ? 1 : 0, 0, 0, 0, 0])
    if hasAddress, let address {
      // The name of the question, A, IN, 5 minutes, 4 bytes.
      answer += [0xC0, 0x0C, 0, 1, 0, 1, 0, 0, 1, 44, 0, 4]
      answer += (0..<4).map { UInt8(truncatingIfNeeded: address >> (24 - 8 * $0)) }
    }
    return answer
  }
}
