import Glibc
import JSON
import Posix
import Supervisor
import Testing
import Wire

@Suite struct JobLockTests {
  private let folder = Folder()
  private var path: String { "\(folder.path)/acme/orders.lock" }
  private func lock() -> JobLock { JobLock(path, job: "acme.orders") }

  @Test func oneAtATimeHasIt() throws {
    let (first, second) = (lock(), lock())
    #expect(try first.take(LockOwner("run 1"), obeysHold: true) == nil)
    let refusal = try #require(try second.take(LockOwner("run 2"), obeysHold: true))
    guard case .busy(let owner?) = refusal else { throw Unexpected() }
    #expect(owner.purpose == "run 1" && owner.isAlive)
    #expect(second.failure(refusal).message.contains("run 1 (pid"))
    first.release()
    #expect(second.holder == nil)
    #expect(try second.take(LockOwner("run 2"), obeysHold: true) == nil)
    #expect(second.abandoned == nil)
  }

  @Test func oneThatWasLeftIsTakenOver() throws {
    // As a process leaves it that was killed: its name in the file, and no lock.
    var owner = LockOwner("run 1")
    owner.pid = 1
    owner.began = "12345"
    try folder.write("acme/orders.lock", owner.json.encoded())
    let lock = lock()
    #expect(lock.holder == nil)
    #expect(try lock.take(LockOwner("run 2"), obeysHold: true) == nil)
    #expect(lock.abandoned == owner)
  }

  @Test func anOwnerOnAnotherHostCountsWhileItsHeartBeats() throws {
    var owner = LockOwner("run 1")
    owner.host = "elsewhere"
    try folder.write("acme/orders.lock", owner.json.encoded())
    let first = lock()
    #expect(first.holder == .busy(owner))
    #expect(try first.take(LockOwner("run 2"), obeysHold: true) == .busy(owner))
    let then = timespec(tv_sec: time(nil) - 61, tv_nsec: 0)
    let times = [then, then]
    #expect(unsafe utimensat(AT_FDCWD, path, times, 0) == 0)
    #expect(first.holder == nil)
    #expect(try first.take(LockOwner("run 2"), obeysHold: true) == nil)
    #expect(first.abandoned == owner)
  }

  @Test func theHeartBeatsWhileTheLockIsHeld() throws {
    let lock = lock()
    _ = try lock.take(LockOwner("run 1"), obeysHold: true)
    #expect(try #require(Files.age(path)) < 5)
  }

  @Test func aPersonKeepsRunsAwayAndNotTheVerbs() throws {
    let (person, other) = (lock(), lock())
    try person.keepAway(LockOwner("maintenance"))
    let refusal = try #require(try other.take(LockOwner("run 1"), obeysHold: true))
    guard case .held(let who) = refusal else { throw Unexpected() }
    #expect(who.purpose == "maintenance")
    #expect(try other.take(LockOwner("state set"), obeysHold: false) == nil)
    #expect(throws: (any Error).self) { try other.keepAway(LockOwner("me too")) }
    #expect(person.letCome()?.purpose == "maintenance")
    #expect(person.letCome() == nil)
  }

  private struct Unexpected: Error {}
}
