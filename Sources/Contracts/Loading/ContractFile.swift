internal import Crypto

/// The text of an ODCS contract, read and checked.
package enum ContractFile {
  /// Reads a contract from the bytes of its file.
  ///
  /// The contract is nil exactly where a problem is an error; warnings leave it usable. Problems
  /// come in the order of the file.
  package static func load(_ bytes: [UInt8]) -> (contract: Contract?, problems: [Problem]) {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      return (nil, [Problem(.error, YAMLNode.Mark(line: 1, column: 1), "the file is not UTF-8")])
    }
    return load(text)
  }

  /// Reads a contract from its text; see `load(_:)` of bytes.
  package static func load(_ text: String) -> (contract: Contract?, problems: [Problem]) {
    let root: YAMLNode
    do throws(YAMLError) {
      root = try YAMLNode.parse(text)
    } catch {
      return (nil, [Problem(.error, error.mark, error.reason)])
    }
    var reader = ContractReader()
    var contract = reader.read(root)
    contract?.sha256 = SHA256.hash(data: Array(text.utf8)).map { byte in
      String(UInt16(byte) + 256, radix: 16).dropFirst()
    }.joined()
    let problems = reader.problems.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
    let isUsable = !problems.contains { $0.severity == .error }
    return (isUsable ? contract : nil, problems)
  }
}
