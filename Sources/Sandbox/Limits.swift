/// What a plugin may use; nil for as much as there is.
package struct Limits: Hashable, Sendable {
  /// Bytes of all its processes together.
  package var memory: Int?
  /// Processes and threads.
  package var processes: Int?
  /// Processors, also parts of one.
  package var cpu: Double?
  /// Bytes of the largest file.
  package var fileSize: Int?
  /// Descriptors that a process has open.
  package var openFiles: Int?
  /// Seconds from its start to its end.
  package var time: Double?
  /// Bytes of its own temporary folder, which lie in memory.
  package var scratch: Int?

  package init() {}

  /// What holds where nothing is said: no plugin takes a machine down.
  package static var usual: Limits {
    var limits = Limits()
    limits.memory = 4 << 30
    limits.processes = 1024
    limits.scratch = 512 << 20
    return limits
  }

  /// With the usual ones where it says nothing.
  var filled: Limits {
    var limits = self
    limits.memory = memory ?? Self.usual.memory
    limits.processes = processes ?? Self.usual.processes
    limits.scratch = scratch ?? Self.usual.scratch
    return limits
  }

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
