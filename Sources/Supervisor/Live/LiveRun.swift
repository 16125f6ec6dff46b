package import JSON
internal import Posix

/// A run that is under way on this host, as another process sees it.
package struct LiveRun: Sendable {
  /// What the run told last.
  package let told: JSONValue
  /// Its private folder.
  package let folder: String
  package let pid: Int32

  /// All whose processes may be looked into, by job and name.
  package static func all() -> [LiveRun] {
    let pids = Paths.names(in: "/proc").compactMap { Int32($0) }.filter { pid in
      (try? Files.read("/proc/\(pid)/comm")).map { String(decoding: $0, as: UTF8.self) }
        == "dativo\n"
    }
    return pids.compactMap(LiveRun.init).sorted { ($0.job, $0.run) < ($1.job, $1.run) }
  }

  private init?(pid: Int32) {
    let descriptors = "/proc/\(pid)/fd"
    for name in Paths.names(in: descriptors) {
      guard let path = try? Files.real("\(descriptors)/\(name)"),
        path.hasSuffix("/\(LiveFile.name)")
      else { continue }
      // Once more where it was being written.
      for _ in 0..<2 {
        guard let bytes = try? Files.read(path),
          let value = try? JSONValue.parse(Array(bytes.prefix { $0 != 0x0A })),
          value["run"]?.string != nil
        else { continue }
        self.pid = pid
        told = value
        folder = Files.folder(of: path)
        return
      }
    }
    return nil
  }

  package var run: String { told["run"]?.string ?? "" }
  package var job: String { told["job"]?.string ?? "" }
  /// Of which the stages tell at different moments: what is committed has been read.
  package var read: Int {
    max(told["read"]?.number?.int64.map { Int($0) } ?? 0, committed ?? 0)
  }
  package var committed: Int? { told["committed"]?.number?.int64.map { Int($0) } }
  package var rate: Double { told["rows_per_second"]?.number?.double ?? 0 }
  package var seconds: Double { told["seconds"]?.number?.double ?? 0 }
  package var slowest: String { told["slowest"]?.string ?? "" }

  /// One process of its pipe.
  package struct Stage: Sendable {
    package let role: String
    package let name: String
    package let pid: Int32
  }

  package var stages: [Stage] {
    (told["stages"]?.array ?? []).compactMap { stage in
      guard let pid = stage["pid"]?.number?.int64 else { return nil }
      return Stage(
        role: stage["role"]?.string ?? "",
        name: stage["name"]?.string ?? "",
        pid: Int32(truncatingIfNeeded: pid)
      )
    }
  }
}
