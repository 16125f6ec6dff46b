internal import Glibc

/// Whole files.
package enum Files {
  /// The bytes of a file; `-` is standard input.
  package static func read(_ path: String) throws(PosixError) -> [UInt8] {
    if path == "-" { return try read(from: 0) }
    let descriptor = try Descriptor(opening: path)
    do throws(PosixError) {
      return try read(from: descriptor.raw)
    } catch {
      throw PosixError("read", path, code: error.code)
    }
  }

  /// The rest of what an open file holds.
  package static func read(from file: borrowing Descriptor) throws(PosixError) -> [UInt8] {
    try read(from: file.raw)
  }

  private static func read(from raw: Int32) throws(PosixError) -> [UInt8] {
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let result: Result<Int, PosixError> = unsafe block.withUnsafeMutableBytes { room in
        do throws(PosixError) {
          return .success(unsafe try Descriptor.read(raw, into: room))
        } catch {
          return .failure(error)
        }
      }
      let count = try result.get()
      guard count > 0 else { return bytes }
      bytes += block[..<count]
    }
  }
}
