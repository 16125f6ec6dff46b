internal import Glibc

/// Swift strings as C wants them.
enum CStrings {
  /// Lends a list that ends with null.
  static func lend<Result>(
    _ strings: [String],
    _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
  ) -> Result {
    // SAFETY: the copies live until the end of this call.
    var list = unsafe strings.map { unsafe strdup($0) }
    unsafe list.append(nil)
    defer { unsafe list.forEach { unsafe free($0) } }
    return unsafe list.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { fatalError("a list with null is not empty") }
      return unsafe body(base)
    }
  }

  /// Lends one string, or null.
  static func lend<Result>(_ string: String?, _ body: (UnsafePointer<CChar>?) -> Result) -> Result {
    guard let string else { return body(nil) }
    return unsafe string.withCString { unsafe body($0) }
  }
}
