internal import Glibc
internal import Posix

/// A control group of the kernel for one plugin, below or beside our own; removed at the end.
package struct ControlGroup: ~Copyable {
  /// The folders that were made: one, or one for each controller of version 1.
  private let folders: [String]
  /// The files that a process writes itself into.
  package var members: [String] { folders.map { "\($0)/cgroup.procs" } }
  /// The limits that it holds.
  package let limits: Set<String>

  /// Where groups are mounted, and in which one this process is.
  package struct Places: Sendable {
    package var mounts: String
    package var own: String
    /// Whether a group's files have to be made: the kernel does that, but not in a folder that stands
    /// for a mount.
    package var makesFiles: Bool

    package init(mounts: String, own: String, makesFiles: Bool = false) {
      self.mounts = mounts
      self.own = own
      self.makesFiles = makesFiles
    }

    static func read() -> Places {
      func text(_ path: String) -> String {
        (try? Files.read(path)).map { String(decoding: $0, as: UTF8.self) } ?? ""
      }
      return Places(mounts: text("/proc/self/mounts"), own: text("/proc/self/cgroup"))
    }
  }

  /// Makes what can be made: no group where none of the limits can be held so.
  ///
  /// `without` names limits that are held otherwise.
  package init(
    _ wanted: Limits,
    without: Set<String> = [],
    name: String,
    _ places: Places? = nil
  ) {
    let places = places ?? Places.read()
    let settings = Self.settings(wanted).filter { !without.contains($0.limit) }
    if !settings.isEmpty, let folder = Self.unified(places, name, settings) {
      folders = [folder]
      limits = Set(settings.map(\.limit))
      return
    }
    var folders: [String] = []
    var limits: Set<String> = []
    for setting in settings {
      guard let above = Self.controller(setting.controller, places) else { continue }
      let folder = "\(above)/\(name)"
      guard unsafe mkdir(folder, 0o755) == 0 || errno == EEXIST else { continue }
      if !folders.contains(folder) { folders.append(folder) }
      let isSet = setting.files.allSatisfy {
        Self.write("\(folder)/\($0.first)", $0.value, makes: places.makesFiles)
      }
      if isSet { limits.insert(setting.limit) }
    }
    if limits.isEmpty { for folder in folders { unsafe rmdir(folder) } }
    self.folders = limits.isEmpty ? [] : folders
    self.limits = limits
  }

  deinit {
    for folder in folders {
      _ = Self.write("\(folder)/cgroup.kill", "1")
      for _ in 0..<100 {
        if unsafe rmdir(folder) == 0 || errno != EBUSY { break }
        usleep(2000)
      }
    }
  }

  /// Whether the kernel has killed something in it for want of memory.
  var ranOutOfMemory: Bool {
    ["memory.events", "memory.oom_control"].contains { file in
      folders.contains { folder in
        let bytes = (try? Files.read("\(folder)/\(file)")) ?? []
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").contains { line in
          line.hasPrefix("oom_kill ") && line != "oom_kill 0"
        }
      }
    }
  }

  private struct Setting {
    let limit: String
    let controller: String
    /// The file and what is written into it: of version 1, and of version 2.
    let files: [(first: String, value: String)]
    let unified: (file: String, value: String)
  }

  private static func settings(_ limits: Limits) -> [Setting] {
    var settings: [Setting] = []
    if let memory = limits.memory {
      settings.append(
        Setting(
          limit: "memory",
          controller: "memory",
          files: [("memory.limit_in_bytes", "\(memory)")],
          unified: ("memory.max", "\(memory)")
        )
      )
    }
    if let processes = limits.processes {
      // The launcher and bubblewrap's own two stand in the same group.
      settings.append(
        Setting(
          limit: "processes",
          controller: "pids",
          files: [("pids.max", "\(processes + 3)")],
          unified: ("pids.max", "\(processes + 3)")
        )
      )
    }
    if let cpu = limits.cpu {
      let quota = max(Int(cpu * 100_000), 1000)
      settings.append(
        Setting(
          limit: "cpu",
          controller: "cpu",
          files: [("cpu.cfs_period_us", "100000"), ("cpu.cfs_quota_us", "\(quota)")],
          unified: ("cpu.max", "\(quota) 100000")
        )
      )
    }
    return settings
  }

  /// Version 2: a group below our own, or beside it where processes in it forbid that.
  private static func unified(_ places: Places, _ name: String, _ settings: [Setting]) -> String? {
    guard let mount = mount(places, type: "cgroup2", option: nil),
      let line = places.own.split(separator: "\n").first(where: { $0.hasPrefix("0::") })
    else { return nil }
    let path = line.dropFirst(3)
    let own = path == "/" ? mount : "\(mount)\(path)"
    for above in own == mount ? [own] : [own, Files.folder(of: own)] {
      let folder = "\(above)/\(name)"
      guard unsafe mkdir(folder, 0o755) == 0 else { continue }
      let areSet = settings.allSatisfy {
        write("\(folder)/\($0.unified.file)", $0.unified.value, makes: places.makesFiles)
      }
      if areSet { return folder }
      unsafe rmdir(folder)
    }
    return nil
  }

  /// Version 1: our own group of a controller.
  private static func controller(_ name: String, _ places: Places) -> String? {
    guard let mount = mount(places, type: "cgroup", option: name) else { return nil }
    for line in places.own.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3, parts[1].split(separator: ",").contains(Substring(name)) else {
        continue
      }
      return parts[2] == "/" ? mount : "\(mount)\(parts[2])"
    }
    return nil
  }

  private static func mount(_ places: Places, type: String, option: String?) -> String? {
    for line in places.mounts.split(separator: "\n") {
      let words = line.split(separator: " ")
      guard words.count > 3, words[2] == type else { continue }
      guard let option else { return String(words[1]) }
      if words[3].split(separator: ",").contains(Substring(option)) { return String(words[1]) }
    }
    return nil
  }

  private static func write(_ path: String, _ text: String, makes: Bool = false) -> Bool {
    let flags = O_WRONLY | (makes ? O_CREAT : 0)
    guard let file = try? Descriptor(opening: path, flags) else { return false }
    // SAFETY: the bytes are lent for the call.
    return unsafe Array(text.utf8).withUnsafeBytes { bytes in
      (try? unsafe Descriptor.write(file.raw, bytes)) != nil
    }
  }
}
