import Commits
import Parquet
import Posix
import Wire

/// A Parquet file that a BATCH message names, opened once: what is read and what is copied are the
/// same bytes, whatever becomes of its name.
final class ParquetFile: Sendable {
  let path: String
  /// In bytes.
  let size: Int
  private let descriptor: Descriptor

  init(_ path: String) throws(Failure) {
    self.path = path
    do throws(PosixError) {
      descriptor = try Descriptor(opening: path)
    } catch {
      throw Failure(.io, "\(path) cannot be read: \(error.reason)")
    }
    guard let size = descriptor.fileSize else {
      throw Failure(.data, "\(path) is no Parquet file: it is not a regular file")
    }
    self.size = size
  }

  /// A reader of the file.
  func reader() throws(Failure) -> FileReader {
    try reading { () throws(ReadError) in
      try FileReader(size: size) { (offset, count) throws(ReadError) in
        try self.read(at: offset, count: count)
      }
    }
  }

  /// Runs `body`, whose errors are told with the file's name.
  func reading<Value: ~Copyable>(
    _ body: () throws(ReadError) -> Value
  ) throws(Failure) -> Value {
    do throws(ReadError) {
      return try body()
    } catch {
      throw failure(error)
    }
  }

  /// Up to `count` bytes from `offset` on, fewer at the end.
  private func read(at offset: Int, count: Int) throws(ReadError) -> [UInt8] {
    do {
      // SAFETY: exactly the bytes that were read are counted.
      return unsafe try [UInt8](unsafeUninitializedCapacity: count) { room, filled in
        let room = unsafe UnsafeMutableRawBufferPointer(
          rebasing: UnsafeMutableRawBufferPointer(room)[..<count]
        )
        filled = unsafe try descriptor.read(at: offset, into: room)
      }
    } catch {
      throw .input("\(path) cannot be read: \(error)")
    }
  }

  /// Appends all bytes to a staged file.
  ///
  /// Throws `Failure` where the file has become shorter, else what `staged` throws.
  func copy(to staged: StagedFile) throws {
    // SAFETY: the block is the call's own, and freed at its end.
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
    defer { unsafe block.deallocate() }
    var offset = 0
    while offset < size {
      let count: Int
      do throws(PosixError) {
        let room = unsafe UnsafeMutableRawBufferPointer(
          rebasing: block[..<min(block.count, size - offset)]
        )
        count = unsafe try descriptor.read(at: offset, into: room)
      } catch {
        throw Failure(.io, "\(path) cannot be read: \(error.reason)")
      }
      guard count > 0 else { throw Failure(.data, "\(path) was cut short while it was copied") }
      try unsafe staged.write(UnsafeRawBufferPointer(rebasing: block[..<count]))
      offset += count
    }
  }

  /// What a reader's error means for the run.
  func failure(_ error: ReadError) -> Failure {
    switch error {
    case .notParquet(let why): Failure(.data, "\(path) is no Parquet file: \(why)")
    case .malformed(let why): Failure(.data, "\(path) is damaged: \(why)")
    case .unsupported(let what):
      Failure(
        .data,
        "\(path) has what the target does not read: \(what)",
        hint: "Let the tap write jsonl: batch_config.encoding.format."
      )
    case .tooLarge(let limit):
      Failure(
        .data,
        "\(path) has a row group of more than \(limit) bytes",
        hint: "Let the tap write smaller row groups."
      )
    case .input(let why): Failure(.io, why)
    }
  }
}
