import Commits
import Parquet

/// What the writers of all tables share: encoders, and limits of what is open and what waits.
///
/// Used by the encoder thread alone.
final class OpenPartitions: @unchecked Sendable {
  /// The bytes that rows which wait for more of their folder may take.
  private let budget: Int
  /// Those with an open file, the one that wrote last at the end.
  private var open: [PartitionWriter] = []
  private var waiting: [PartitionWriter] = []
  private var waitingBytes = 0
  private var encoders: [WriterOptions: FileEncoder] = [:]

  /// How many files may be open; a store has its own reasons.
  private let fileLimit: Int

  init(budget: Int, files limit: Int) {
    self.budget = budget
    fileLimit = limit
  }

  /// An encoder with these options, the same for all files.
  func encoder(_ options: WriterOptions) throws -> FileEncoder {
    if let known = encoders[options] { return known }
    let encoder = try FileEncoder(options)
    encoders[options] = encoder
    return encoder
  }

  /// Notes that a file was written to; those that were not for longest end where they are many, or
  /// hold more in memory than rows that wait may.
  func wrote(_ writer: PartitionWriter) throws {
    open.removeAll { $0 === writer || !$0.hasOpenFile }
    open.append(writer)
    var held = open.reduce(0) { $0 + $1.heldBytes }
    while open.count > 1, open.count > fileLimit || held > budget {
      let oldest = open.removeFirst()
      held -= oldest.heldBytes
      try oldest.closeFile()
    }
  }

  /// Notes that `bytes` more wait with `writer`; the fullest are written where that is too much.
  func waits(_ writer: PartitionWriter, bytes: Int) throws {
    if writer.waitingBytes == bytes { waiting.append(writer) }
    waitingBytes += bytes
    guard waitingBytes > budget else { return }
    waiting.sort { $0.waitingBytes > $1.waitingBytes }
    // Down to half, so that what follows finds room for a while.
    while waitingBytes > budget / 2, let fullest = waiting.first {
      waiting.removeFirst()
      try write(fullest)
    }
  }

  /// Writes the rows that wait with `writer`.
  func write(_ writer: PartitionWriter) throws {
    waitingBytes -= writer.waitingBytes
    try writer.writeWaiting(self)
  }

  /// After all rows were written and all files ended.
  func clear() {
    open = []
    waiting = []
    waitingBytes = 0
  }
}
