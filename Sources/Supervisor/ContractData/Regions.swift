internal import Posix
internal import Wire

// SAFETY, for the whole file: a region is used up before the reader is asked for the next.

/// The lines of a file, in regions of whole ones; no more than one region is in memory.
enum Regions {
  /// Gives every region of the file in turn; a byte-order mark is left out.
  static func each(
    _ path: String,
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    let file: Descriptor
    do throws(PosixError) {
      file = try Descriptor(opening: path)
    } catch {
      throw Failure(.io, "\(path) cannot be read: \(error.reason)")
    }
    var reader = LineReader(file.raw)
    var isFirst = true
    while let region = unsafe try next(&reader, path) {
      let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
      let hasMark = unsafe isFirst && region.starts(with: mark)
      isFirst = false
      unsafe try body(UnsafeRawBufferPointer(rebasing: region[(hasMark ? mark.count : 0)...]))
    }
  }

  /// Gives every line in turn, without its line feed.
  static func lines(
    _ path: String,
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    unsafe try each(path) { (region) throws(Failure) in
      var rest = unsafe region[...]
      while unsafe !rest.isEmpty {
        let end = unsafe rest.firstIndex(of: 0x0A) ?? rest.endIndex
        unsafe try body(UnsafeRawBufferPointer(rebasing: rest[rest.startIndex..<end]))
        unsafe rest = rest[min(end + 1, rest.endIndex)...]
      }
    }
  }

  /// The first line that is not blank, however long; empty where there is none.
  static func firstLine(_ path: String) throws(Failure) -> [UInt8] {
    var first: [UInt8] = []
    let file: Descriptor
    do throws(PosixError) {
      file = try Descriptor(opening: path)
    } catch {
      throw Failure(.io, "\(path) cannot be read: \(error.reason)")
    }
    var reader = LineReader(file.raw)
    while first.isEmpty, let region = unsafe try next(&reader, path) {
      let lines = unsafe region.split(separator: 0x0A)
      let line = unsafe lines.first { unsafe !$0.allSatisfy { $0 <= 0x20 } }
      if let line = unsafe line { first = unsafe Array(line) }
    }
    return first.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(first.dropFirst(3)) : first
  }

  private static func next(
    _ reader: inout LineReader,
    _ path: String
  ) throws(Failure) -> UnsafeRawBufferPointer? {
    do throws(LineReader.Problem) {
      return unsafe try reader.next()
    } catch {
      switch error {
      case .system(let error): throw Failure(.io, "\(path) cannot be read: \(error.reason)")
      case .source(let reason): throw Failure(.io, "\(path) cannot be read: \(reason)")
      case .tooLong(let limit):
        throw Failure(.data, "\(path) has a line of more than \(limit) bytes")
      }
    }
  }
}
