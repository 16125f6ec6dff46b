internal import Contracts
internal import Posix

/// One YAML file from the disk.
enum YAMLFile {
  /// The document, or why there is none.
  static func read(_ path: String) -> (root: YAMLNode?, findings: [Finding]) {
    let bytes: [UInt8]
    do throws(PosixError) {
      bytes = try Files.read(path)
    } catch {
      let message = "the file cannot be read: \(error.reason)"
      return (nil, [Finding(.error, message, file: path)])
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      let line = 1 + bytes[..<firstInvalid(bytes)].count { $0 == 0x0A }
      return (nil, [Finding(.error, "not UTF-8 text", file: path, line: line, column: 1)])
    }
    do throws(YAMLError) {
      return (try YAMLNode.parse(text), [])
    } catch {
      let line = line(error.mark.line, of: text)
      let hint: String? =
        if line.contains("\t") {
          "Indent with spaces: YAML does not allow tabs there."
        } else if line.contains("${"), error.reason.contains("expected") {
          "Put `${…}` into quotes where it stands between brackets or braces."
        } else if error.reason.contains("mapping values are not allowed") {
          "Put text that contains \": \" into quotes, and check the indentation."
        } else if error.reason.contains("another document") {
          "One file is one document: remove this `---` and what follows it."
        } else if error.reason.contains("stands twice") {
          "Keep one of the two."
        } else {
          "Check indentation, quotes and brackets at and above this line."
        }
      let finding = Finding(.error, path, error.mark, "not YAML: \(error.reason)", hint: hint)
      return (nil, [finding])
    }
  }

  private static func line(_ number: Int, of text: String) -> Substring {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return number >= 1 && number <= lines.count ? lines[number - 1] : ""
  }

  /// The number of leading bytes that are UTF-8.
  private static func firstInvalid(_ bytes: [UInt8]) -> Int {
    var low = 0
    var high = bytes.count
    while low < high {
      let middle = (low + high + 1) / 2
      // A prefix may cut a character in two: up to three bytes less make it whole.
      let isValid = (0...3).contains { cut in
        middle >= cut && String(validating: bytes[..<(middle - cut)], as: UTF8.self) != nil
      }
      if isValid { low = middle } else { high = middle - 1 }
    }
    return max(low - 3, 0)
  }
}
