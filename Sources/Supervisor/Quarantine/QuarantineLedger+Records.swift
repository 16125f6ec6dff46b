internal import Posix
package import Wire

extension QuarantineLedger {
  /// Goes over the records that `filter` means, each with its part and the SCHEMA line before it.
  package func records(
    _ filter: QuarantineFilter,
    _ take: (
      _ record: QuarantineLine, _ part: QuarantinePart, _ schema: QuarantineLine?
    ) throws(Failure) -> Void
  ) throws(Failure) {
    for part in parts where filter.takes(part) {
      var schemas: [String: QuarantineLine] = [:]
      try QuarantineLine.read(part.file, part.range) { (line, _) throws(Failure) in
        if line.message.kind == .schema { schemas[line.stream] = line }
        guard line.isRecord, filter.takes(line, of: part) else { return }
        try take(line, part, schemas[line.stream])
      }
    }
  }
}

extension QuarantineLedger {
  /// Writes the records that `filter` means to a file, as they stand, each stream's SCHEMA before.
  func write(_ filter: QuarantineFilter, to path: String) throws(Failure) {
    var bytes: [UInt8] = []
    var announced: [String: [UInt8]] = [:]
    try records(filter) { line, _, schema in
      if let schema, announced[line.stream] != schema.bytes {
        announced[line.stream] = schema.bytes
        bytes += schema.bytes + [0x0A]
      }
      bytes += line.bytes + [0x0A]
    }
    do throws(PosixError) {
      try Files.makeFolder(Files.folder(of: path), mode: 0o700)
      try Files.write(path, bytes, mode: 0o600)
    } catch {
      throw Failure(.io, "the records to repair cannot be written: \(error)")
    }
  }
}
