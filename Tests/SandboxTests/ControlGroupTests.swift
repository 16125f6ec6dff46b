import Posix
import Sandbox
import Testing

@Suite struct ControlGroupTests {
  /// On a folder that stands for a mount of version 2: the files are ours to make, so that nothing
  /// of a kernel is needed.
  @Test func whereNothingCanBeWrittenThereIsNoGroup() throws {
    var limits = Limits()
    limits.memory = 1 << 20
    let places = ControlGroup.Places(
      mounts: "none /nowhere cgroup2 rw 0 0\nnone /nowhere cgroup rw,memory 0 0",
      own: "0::/\n4:memory:/"
    )
    let group = ControlGroup(limits, name: "x", places)
    #expect(group.limits.isEmpty)
  }
}
