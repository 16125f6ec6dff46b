import Children
import Posix
import Testing

@Suite(.serialized) struct CaptureTests {
  private func shell(_ script: String) -> Command {
    Command("/bin/sh", ["-c", script], environment: ["PATH": "/usr/bin:/bin", "WORD": "w"])
  }

  @Test func bothOutputsAndTheCodeAreTaken() throws {
    let capture = try Capture.run(shell("echo out $WORD; echo err >&2; exit 3"))
    #expect(String(decoding: capture.stdout, as: UTF8.self) == "out w\n")
    #expect(capture.errorLines == ["err"])
    #expect(capture.exit == .code(3))
    #expect(capture.cut == nil)
  }

  @Test func muchOutputDoesNotBlock() throws {
    let capture = try Capture.run(
      shell("head -c 3000000 /dev/zero; head -c 3000000 /dev/zero >&2; echo end")
    )
    #expect(capture.stdout.count == 3_000_004)
    #expect(capture.stderr.count == 1 << 16)
  }

  @Test func whatIsTooSlowIsKilled() throws {
    let before = Clock.monotonic
    let capture = try Capture.run(shell("sleep 1000"), seconds: 0.2)
    #expect(capture.cut == .late)
    #expect(capture.exit == .signal(9))
    #expect(Clock.monotonic - before < 5_000_000_000)
  }

  @Test func whatPrintsWithoutEndIsKilled() throws {
    let capture = try Capture.run(shell("yes"), limit: 100_000)
    #expect(capture.cut == .unwanted)
    #expect(capture.stdout.count < 3_000_000)
  }

  @Test func whatIsNotWantedIsKilled() throws {
    let capture = try Capture.run(shell("echo message; sleep 1000")) { $0.count < 3 }
    #expect(capture.cut == .unwanted)
    #expect(String(decoding: capture.stdout, as: UTF8.self) == "message\n")
  }

  @Test func anInterruptionEndsTheWait() throws {
    let pipe = try Pipe()
    let byte: [UInt8] = [1]
    try unsafe byte.withUnsafeBytes { try unsafe Descriptor.write(pipe.writing.raw, $0) }
    let capture = try Capture.run(shell("sleep 1000"), interrupt: pipe.reading.raw)
    #expect(capture.cut == .interrupted)
  }
}
