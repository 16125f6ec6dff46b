import Codecs
import Posix
import Wire

extension BatchFile {
  /// Lends the file's lines, region by region; none is longer than `limit`.
  func lines(
    _ codec: Codec,
    limit: Int,
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    let source = try Source(path, codec)
    var reader = unsafe LineReader(limit: limit) { (room) throws(LineReader.Problem) in
      unsafe try source.read(into: room)
    }
    while true {
      let region: UnsafeRawBufferPointer?
      do throws(LineReader.Problem) {
        unsafe region = unsafe try reader.next()
      } catch {
        throw failure(error)
      }
      guard let region = unsafe region else { return }
      unsafe try body(region)
    }
  }

  private func failure(_ problem: LineReader.Problem) -> Failure {
    switch problem {
    case .system(let error): Failure(.io, "\(path) cannot be read: \(error.reason)")
    case .source(let reason): Failure(.data, "\(path): \(reason)")
    case .tooLong(let limit):
      Failure(
        .data,
        "\(path) has a line longer than \(limit) bytes",
        hint: "\"max_line_size\" raises the limit."
      )
    }
  }

  /// The file's bytes, decompressed.
  @safe
  private final class Source {
    private let descriptor: Descriptor
    private var decompressor: Decompressor
    // SAFETY: the block is the source's own; a piece of it stays until the next is asked for.
    private let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 8)

    init(_ path: String, _ codec: Codec) throws(Failure) {
      do throws(PosixError) {
        descriptor = try Descriptor(opening: path)
      } catch {
        throw Failure(.io, "\(path) cannot be read: \(error.reason)")
      }
      do throws(CodecError) {
        decompressor = try Decompressor(codec)
      } catch {
        throw Failure(.bug, "\(codec.rawValue) cannot be read")
      }
    }

    deinit { unsafe block.deallocate() }

    func read(into room: UnsafeMutableRawBufferPointer) throws(LineReader.Problem) -> Int {
      let raw = descriptor.raw
      let block = unsafe block
      do {
        return unsafe try decompressor.read(into: room) {
          let count = unsafe try Descriptor.read(raw, into: block)
          return unsafe count == 0 ? nil : UnsafeRawBufferPointer(rebasing: block[..<count])
        }
      } catch let error as PosixError {
        throw .system(error)
      } catch CodecError.truncated {
        throw .source("the compressed file is cut short")
      } catch {
        throw .source("the file is not compressed as the BATCH says")
      }
    }
  }
}
