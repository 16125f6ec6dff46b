import Posix
import Testing

@Suite struct WorkerTests {
  private final class Log: @unchecked Sendable { var entries: [Int] = [] }
  private struct Oops: Error, Equatable {}

  @Test func runsJobsInOrder() throws {
    let log = Log()
    let worker = Worker(capacity: 2)
    for number in 0..<100 { try worker.submit { log.entries.append(number) } }
    try worker.drain()
    #expect(log.entries == Array(0..<100))
    worker.end()
  }

  @Test func afterAJobThatThrewNoneRuns() throws {
    let log = Log()
    let worker = Worker(capacity: 3)
    try worker.submit {
      log.entries.append(1)
      throw Oops()
    }
    #expect(throws: Oops.self) {
      try worker.submit { log.entries.append(2) }
      try worker.drain()
    }
    #expect(throws: Oops.self) { try worker.submit { log.entries.append(3) } }
    #expect(log.entries == [1])
    worker.end()
  }
}
