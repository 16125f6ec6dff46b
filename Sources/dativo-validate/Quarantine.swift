import ConnectorKit
import JSON
import JSONSchema
import Posix
import Wire

/// The file of records that broke their contract, one JSON object a line.
final class Quarantine {
  private let file: Descriptor
  private let path: String
  private let run: String
  private var output: BlockWriter
  private var isDirty = false

  /// Begins a new file, or goes on with one that is there.
  init(_ path: String, run: String) throws(Failure) {
    self.path = path
    self.run = run
    do throws(PosixError) {
      file = try Descriptor(appendingTo: path)
    } catch {
      throw Failure(error)
    }
    output = BlockWriter(file.raw)
  }

  /// What is kept of a line.
  @safe
  enum Content {
    /// A record as it came.
    case record(UnsafeRawBufferPointer)
    /// A record with the values at these pointers masked.
    case masked([UInt8], [String])
    /// A line that is no message.
    case text(UnsafeRawBufferPointer)
    /// A line that may hold what must not be told.
    case withheld
  }

  /// Adds a record, or a line that is no message, with what is wrong with it.
  func add(
    stream: String?,
    line: Int,
    _ content: Content,
    _ findings: [Finding]
  ) throws(Failure) {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("stream")
    if let stream { writer.string(stream) } else { writer.null() }
    writer.key("line")
    writer.integer(line)
    Self.write(content, &writer)
    writer.key("violations")
    writer.beginArray()
    for finding in findings {
      writer.beginObject()
      writer.key("rule")
      writer.string(finding.rule)
      if let code = finding.code {
        writer.key("code")
        writer.string(code)
      }
      writer.key("pointer")
      writer.string(finding.pointer)
      writer.key("message")
      writer.string(finding.message)
      writer.endObject()
    }
    writer.endArray()
    writer.key("run")
    writer.string(run)
    writer.endObject()
    writer.newline()
    isDirty = true
    do throws(PosixError) {
      try output.write(writer.bytes)
    } catch {
      throw failure(error)
    }
  }

  private static func write(_ content: Content, _ writer: inout JSONWriter) {
    var masked: [String]?
    switch content {
    case .record(let bytes):
      writer.key("record")
      unsafe writer.raw(bytes)
    case .masked(let bytes, let pointers):
      writer.key("record")
      writer.raw(String(decoding: bytes, as: UTF8.self))
      masked = pointers
    case .text(let bytes):
      writer.key("text")
      writer.string(unsafe String(decoding: bytes, as: UTF8.self))
    case .withheld:
      writer.key("text")
      writer.string("[redacted]")
      masked = [""]
    }
    guard let masked else { return }
    writer.key("masked")
    writer.beginArray()
    for pointer in masked { writer.string(pointer) }
    writer.endArray()
  }

  /// Brings everything to the disk; what follows may rely on it.
  func sync() throws(Failure) {
    guard isDirty else { return }
    isDirty = false
    do throws(PosixError) {
      try output.flush()
      try file.sync(path)
    } catch {
      throw failure(error)
    }
  }

  private func failure(_ error: PosixError) -> Failure {
    // A pipe that the quarantine goes to may break too, and that is not the output's reader.
    Failure(.io, "the quarantine file \(path) cannot be written: \(error.reason)")
  }
}
