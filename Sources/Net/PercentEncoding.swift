/// Percent-encoding as RFC 3986 has it: all but the unreserved characters.
package enum PercentEncoding {
  /// Encodes text; slashes too, unless they are kept.
  package static func encode(_ text: String, keepsSlashes: Bool = false) -> String {
    var result = ""
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
        result.unicodeScalars.append(Unicode.Scalar(byte))
      case 0x2F where keepsSlashes: result += "/"
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        result += byte < 16 ? "%0\(digits)" : "%\(digits)"
      }
    }
    return result
  }
}
