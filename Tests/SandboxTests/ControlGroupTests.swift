import Posix
import Sandbox
import Testing

@Suite struct ControlGroupTests {
  private var limits: Limits {
    var limits = Limits()
    limits.memory = 1 << 20
    limits.processes = 7
    limits.cpu = 0.5
    return limits
  }

  @Test func whereNothingCanBeWrittenThereIsNoGroup() {
    let places = ControlGroup.Places(
      mounts: "none /nowhere cgroup2 rw 0 0\nnone /nowhere cgroup rw,memory 0 0",
      own: "0::/\n4:memory:/"
    )
    let group = ControlGroup(limits, name: "x", places)
    #expect(group.limits.isEmpty)
    #expect(group.members.isEmpty)
  }

  /// Runs on a folder that stands for the mount of all groups, with one for our own in it.
  private func withMount(_ folders: [String], _ body: (String) throws -> Void) throws {
    let mount = "/tmp/dativo-groups.\(Clock.monotonic)"
    for folder in folders { try Files.makeFolder("\(mount)/\(folder)") }
    defer { Files.remove(mount) }
    try body(mount)
  }

  /// What a file holds; nil where there is none.
  private func text(_ path: String) -> String? {
    (try? Files.read(path)).map { String(decoding: $0, as: UTF8.self) }
  }

  @Test func version2HasOneFolderForAllLimits() throws {
    try withMount(["own"]) { mount in
      let places = ControlGroup.Places(
        mounts: "cgroup2 \(mount) cgroup2 rw,nosuid 0 0",
        own: "0::/own\n",
        makesFiles: true
      )
      let group = ControlGroup(limits, name: "plugin", places)
      #expect(group.limits == ["memory", "processes", "cpu"])
      #expect(group.members == ["\(mount)/own/plugin/cgroup.procs"])
      #expect(text("\(mount)/own/plugin/memory.max") == "1048576")
      // The launcher's and bubblewrap's own stand in it, too.
      #expect(text("\(mount)/own/plugin/pids.max") == "10")
      #expect(text("\(mount)/own/plugin/cpu.max") == "50000 100000")
    }
  }

  @Test func version2TakesTheGroupAboveWhereOursHoldsProcesses() throws {
    // Our own folder takes no further one: here, since it is a file.
    try withMount(["above"]) { mount in
      try Files.write("\(mount)/above/own", [])
      let places = ControlGroup.Places(
        mounts: "cgroup2 \(mount) cgroup2 rw 0 0",
        own: "0::/above/own",
        makesFiles: true
      )
      let group = ControlGroup(limits, without: ["processes"], name: "plugin", places)
      #expect(group.limits == ["memory", "cpu"])
      #expect(group.members == ["\(mount)/above/plugin/cgroup.procs"])
      #expect(text("\(mount)/above/plugin/pids.max") == nil)
    }
  }

  @Test func version1HasAFolderForEachController() throws {
    try withMount(["memory/own", "pids/own", "cpu"]) { mount in
      let places = ControlGroup.Places(
        mounts: ["memory", "pids", "cpu"]
          .map { "cgroup \(mount)/\($0) cgroup rw,\($0) 0 0" }.joined(separator: "\n"),
        own: "9:memory:/own\n8:pids:/own\n7:cpu,cpuacct:/",
        makesFiles: true
      )
      let group = ControlGroup(limits, name: "plugin", places)
      #expect(group.limits == ["memory", "processes", "cpu"])
      #expect(text("\(mount)/memory/own/plugin/memory.limit_in_bytes") == "1048576")
      #expect(text("\(mount)/pids/own/plugin/pids.max") == "10")
      #expect(text("\(mount)/cpu/plugin/cpu.cfs_period_us") == "100000")
      #expect(text("\(mount)/cpu/plugin/cpu.cfs_quota_us") == "50000")
      #expect(
        group.members.map { $0.dropFirst(mount.utf8.count) } == [
          "/memory/own/plugin/cgroup.procs", "/pids/own/plugin/cgroup.procs",
          "/cpu/plugin/cgroup.procs",
        ]
      )
    }
  }
}
