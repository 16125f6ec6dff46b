/// Why bytes are not JSON, and where.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong, by meaning.
  public enum Reason: String, Hashable, Sendable {
    case unexpectedEnd = "unexpected end of input"
    case unexpectedByte = "unexpected character"
    case invalidNumber = "not a number as JSON writes them"
    case invalidUTF8 = "invalid UTF-8"
    case invalidEscape = "invalid escape in a string"
    case loneSurrogate = "lone surrogate in a string"
    case controlCharacter = "unescaped control character in a string"
    case tooDeep = "nested too deeply"
    case trailingBytes = "characters after the value"
  }

  /// What is wrong.
  public let reason: Reason
  /// The byte offset of the first wrong byte.
  public let offset: Int
  /// The line of that byte, from 1.
  public let line: Int
  /// The byte within its line, from 1.
  public let column: Int

  /// Creates an error at `offset` of `bytes`, counting lines.
  @inline(never)
  public init(_ reason: Reason, at offset: Int, in bytes: UnsafeRawBufferPointer) {
    self.reason = reason
    self.offset = offset
    var line = 1
    var lineStart = 0
    // SAFETY: only bytes before `offset`, and inside the buffer, are read.
    for index in 0..<min(offset, bytes.count) where unsafe bytes[index] == 0x0A {
      line += 1
      lineStart = index + 1
    }
    self.line = line
    column = offset - lineStart + 1
  }

  /// The reason with line and column.
  public var description: String { "\(reason.rawValue) at line \(line), column \(column)" }
}

/// What a scanner throws: a reason, and how far from the end of the input it stopped.
///
/// It costs nothing to make; `JSONError` adds line and column for people.
public struct JSONFault: Error, Hashable, Sendable {
  /// What is wrong.
  public let reason: JSONError.Reason
  /// The number of bytes from the wrong one to the end of the input.
  public let remaining: Int

  /// Creates a fault.
  @inlinable
  public init(_ reason: JSONError.Reason, remaining: Int) {
    self.reason = reason
    self.remaining = remaining
  }

  /// The same fault with its place in `bytes`, the input that was scanned.
  public func error(in bytes: UnsafeRawBufferPointer) -> JSONError {
    unsafe JSONError(reason, at: bytes.count - remaining, in: bytes)
  }
}
