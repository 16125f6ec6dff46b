/// What a plugin may use; nil for as much as there is.
package struct Limits: Hashable, Sendable {
  /// Bytes of all its processes together.
  package var memory: Int? = 4 << 30
  /// Processes and threads.
  package var processes: Int? = 1024
  /// Processors, also parts of one.
  package var cpu: Double?
  /// Bytes of the largest file.
  package var fileSize: Int?
  /// Descriptors that a process has open.
  package var openFiles: Int?
  /// Seconds from its start to its end.
  package var time: Double?
  /// Bytes of its own temporary folder, which lie in memory.
  package var scratch: Int? = 512 << 20

  package init() {}

  /// The smaller of each.
  package func narrowed(by other: Limits) -> Limits {
    var limits = self
    limits.memory = Self.smaller(memory, other.memory)
    limits.processes = Self.smaller(processes, other.processes)
    limits.cpu = Self.smaller(cpu, other.cpu)
    limits.fileSize = Self.smaller(fileSize, other.fileSize)
    limits.openFiles = Self.smaller(openFiles, other.openFiles)
    limits.time = Self.smaller(time, other.time)
    limits.scratch = Self.smaller(scratch, other.scratch)
    return limits
  }

  private static func smaller<Value: Comparable>(_ one: Value?, _ other: Value?) -> Value? {
    guard let one, let other else { return one ?? other }
    return min(one, other)
  }
}
