import Children
import Posix
import Testing

@Suite(.serialized) struct ChildTests {
  private func shell(_ script: String) -> Command {
    Command("/bin/sh", ["-c", script], environment: ["PATH": "/usr/bin:/bin"])
  }

  private func isAlive(_ pid: String) -> Bool {
    guard let bytes = try? Files.read("/proc/\(pid)/stat") else { return false }
    // A process that nobody has reaped yet is dead all the same.
    return !String(decoding: bytes, as: UTF8.self).contains(") Z ")
  }

  @Test(arguments: [("exit 0", Exit.code(0)), ("exit 65", .code(65)), ("kill -9 $$", .signal(9))])
  func theEndIsTold(_ script: String, _ expected: Exit) throws {
    let nothing = try Descriptor(opening: "/dev/null", 2)
    var child = try Child(shell(script), descriptors: [nothing.raw, nothing.raw, nothing.raw])
    #expect(child.wait() == expected)
    #expect(child.reap() == expected)
  }

  @Test func aChildHasTheDescriptorsThatItWasGivenAndNoOthers() throws {
    let leak = try Pipe()
    let capture = try Capture.run(shell("ls /proc/$$/fd"))
    let numbers = String(decoding: capture.stdout, as: UTF8.self).split(separator: "\n")
    #expect(numbers == ["0", "1", "2"])
    #expect(leak.reading.raw > 2)
  }

  @Test func signalsHaveTheirDefaultsAndNoneIsBlocked() throws {
    let capture = try Capture.run(
      shell("while read n v; do case $n in SigBlk:|SigIgn:) echo $v;; esac; done < /proc/$$/status")
    )
    let masks = String(decoding: capture.stdout, as: UTF8.self).split(separator: "\n")
    #expect(masks == ["0000000000000000", "0000000000000000"])
  }

  @Test func aChildLeadsAGroupOfItsOwn() throws {
    let capture = try Capture.run(shell("read p c s pp g rest < /proc/$$/stat; echo $(($$ == g))"))
    #expect(String(decoding: capture.stdout, as: UTF8.self) == "1\n")
  }

  @Test func aChildThatIsLetGoOfIsKilledWithItsGroup() throws {
    let pipe = try Pipe()
    let nothing = try Descriptor(opening: "/dev/null", 2)
    var pids: [String] = []
    do {
      let child = try Child(
        shell("sleep 1000 & echo $! $$; wait"),
        descriptors: [nothing.raw, pipe.writing.raw, nothing.raw]
      )
      var buffer = [UInt8](repeating: 0, count: 100)
      let count = try unsafe buffer.withUnsafeMutableBytes {
        try unsafe pipe.reading.read(into: $0)
      }
      pids = String(decoding: buffer[..<count], as: UTF8.self).split { $0 == " " || $0 == "\n" }
        .map(String.init)
      #expect(pids.allSatisfy(isAlive))
      #expect(child.exit == nil)
    }
    #expect(pids.count == 2)
    let end = Clock.monotonic + 5_000_000_000
    while pids.contains(where: isAlive), Clock.monotonic < end {}
    #expect(!pids.contains(where: isAlive))
  }

  @Test func aProgramThatIsNotThereSaysSo() {
    let error = #expect(throws: SpawnError.self) {
      _ = try Capture.run(Command("/nowhere/tap", environment: [:]))
    }
    #expect(error?.executable == "/nowhere/tap")
    #expect(error?.cause.operation == "exec")
    #expect(error?.cause.code == 2)
  }

  @Test func aFolderThatIsNotThereSaysSo() {
    let error = #expect(throws: SpawnError.self) {
      _ = try Capture.run(Command("/bin/true", environment: [:], folder: "/nowhere"))
    }
    #expect(error?.cause.operation == "chdir")
  }
}
