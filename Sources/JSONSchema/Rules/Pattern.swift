internal import CPCRE2

// SAFETY, for the whole file: the handles are this object's own, made in `init` and freed in
// `deinit`; subjects are lent for one call.

/// A regular expression with the meaning that ECMA-262 gives it, searched for anywhere in a text.
///
/// One object serves one thread at a time. Matching stops at a limit of steps, so that no pattern
/// can hang the stream.
@safe
package final class Pattern {
  /// The outcome of a search.
  package enum Answer: Hashable, Sendable {
    case yes, no
    /// The limit of steps was reached.
    case undecided
  }

  /// A text that is no pattern.
  package struct Problem: Error, Hashable, Sendable {
    package let reason: String
    package let hint: String?
  }

  /// The pattern as it was written.
  package let source: String
  /// How many searches ended at the limit.
  package private(set) var undecided = 0
  private let code: OpaquePointer
  private let data: OpaquePointer
  private let context: OpaquePointer?

  /// Compiles `source`; with `isStrict` a letter is escaped only where that means something.
  package init(_ source: String, isStrict: Bool = false) throws(Problem) {
    self.source = source
    let translated = try ECMAPattern.translated(source, isStrict: isStrict)
    var number: Int32 = 0
    var offset = 0
    let compileContext = unsafe pcre2_compile_context_create_8(nil)
    defer { unsafe pcre2_compile_context_free_8(compileContext) }
    unsafe pcre2_set_compile_extra_options_8(compileContext, PCRE2_EXTRA_ALT_BSUX)
    let options =
      PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_ALT_BSUX | PCRE2_MATCH_UNSET_BACKREF
      | PCRE2_ALLOW_EMPTY_CLASS
    let code = unsafe translated.withUnsafeBufferPointer { text in
      unsafe pcre2_compile_8(
        text.baseAddress,
        text.count,
        UInt32(options),
        &number,
        &offset,
        compileContext
      )
    }
    guard let code = unsafe code else {
      throw Problem(reason: "\(Self.message(number)) at character \(offset + 1)", hint: nil)
    }
    unsafe self.code = code
    // Just-in-time code is a matter of speed; where it is not to be had, matching interprets.
    unsafe _ = pcre2_jit_compile_8(code, UInt32(PCRE2_JIT_COMPLETE))
    guard let data = unsafe pcre2_match_data_create_8(1, nil) else {
      unsafe pcre2_code_free_8(code)
      throw Problem(reason: "no memory", hint: nil)
    }
    unsafe self.data = data
    unsafe context = pcre2_match_context_create_8(nil)
    unsafe pcre2_set_match_limit_8(context, 1_000_000)
    unsafe pcre2_set_depth_limit_8(context, 10_000)
    unsafe pcre2_set_heap_limit_8(context, 16_384)
  }

  deinit {
    unsafe pcre2_match_context_free_8(context)
    unsafe pcre2_match_data_free_8(data)
    unsafe pcre2_code_free_8(code)
  }

  /// Searches `text`.
  package func matches(_ text: String) -> Answer {
    var text = text
    return text.withUTF8 { unsafe matches($0.baseAddress, $0.count) }
  }

  /// Whether there is surely a match; a search that ends at the limit is not counted, for whoever
  /// is not sure searches again.
  package func surelyMatches(_ text: Span<UInt8>) -> Bool {
    let before = undecided
    defer { undecided = before }
    return matches(text) == .yes
  }

  /// Searches bytes of valid UTF-8.
  package func matches(_ text: Span<UInt8>) -> Answer {
    unsafe text.withUnsafeBufferPointer { unsafe matches($0.baseAddress, $0.count) }
  }

  /// Searches `count` bytes of valid UTF-8.
  package func matches(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Answer {
    let result = unsafe pcre2_match_8(
      code,
      start,
      count,
      0,
      UInt32(PCRE2_NO_UTF_CHECK),
      data,
      context
    )
    if result >= 0 { return .yes }
    if result == PCRE2_ERROR_NOMATCH { return .no }
    undecided += 1
    return .undecided
  }

  private static func message(_ number: Int32) -> String {
    var buffer = [UInt8](repeating: 0, count: 200)
    let length = unsafe buffer.withUnsafeMutableBufferPointer {
      unsafe pcre2_get_error_message_8(number, $0.baseAddress, $0.count)
    }
    return length > 0 ? String(decoding: buffer[..<Int(length)], as: UTF8.self) : "error \(number)"
  }
}
