import JSON
import Posix
import Supervisor
import Testing
import Wire

/// What every state store must do; a new backend is one more case.
@Suite struct StateStoreTests {
  enum Backend: CaseIterable { case file, sqlite }

  private let folder = Folder()

  /// Stores of one place, as different processes have them.
  private static func store(
    _ backend: Backend,
    _ folder: String,
    job: String = "orders"
  ) -> any StateStore {
    switch backend {
    case .file: FileStateStore(root: folder, tenant: "acme", job: job)
    case .sqlite: SQLiteStateStore(path: "\(folder)/state.db", tenant: "acme", job: job)
    }
  }

  private func store(_ backend: Backend, job: String = "orders") -> any StateStore {
    Self.store(backend, folder.path, job: job)
  }

  private func entry(_ number: Int) -> StateEntry {
    StateEntry(state: ["n": .number(JSONNumber(number))], sequence: number)
  }

  @Test(arguments: Backend.allCases) func thereIsNothingAtFirst(_ backend: Backend) throws {
    #expect(try store(backend).read() == nil)
    #expect(!Files.isThere(folder.path))
  }

  @Test(arguments: Backend.allCases) func whatWasPutIsReadByOthers(_ backend: Backend) throws {
    let text = #"{"n":12345678901234567890.12300,"ü":"\u0000 😀","l":[{"a":null}]}"#
    let state = try JSONValue.parse(text)
    let cause = StateCause(who: "ada@box", why: "a test", run: "r1")
    let put = try store(backend).put(
      StateEntry(state: state, sequence: 7, source: "s", cause: cause)
    )
    let read = try #require(try store(backend).read())
    #expect(read.state == state && read.sequence == 7 && read.source == "s" && read.cause == cause)
    #expect(read.json(pipeline: "p") == put.json(pipeline: "p"))
  }

  @Test(arguments: Backend.allCases) func aWriteNeedsTheVersionThatStands(
    _ backend: Backend
  ) throws {
    let (one, other) = (store(backend), store(backend))
    let first = StateEntry().followed(by: entry(1))
    #expect(try one.replace(0, by: first))
    #expect(try !other.replace(0, by: StateEntry().followed(by: entry(2))))
    #expect(try !other.replace(7, by: first.followed(by: entry(2))))
    #expect(try other.read()?.state == ["n": 1])
    #expect(try other.replace(1, by: first.followed(by: entry(2))))
    #expect(try !one.replace(1, by: first.followed(by: entry(3))))
    #expect(try one.read()?.state == ["n": 2])
    #expect(try one.read()?.history.map(\.state) == [["n": 1]])
  }

  @Test(arguments: Backend.allCases) func jobsDoNotMeet(_ backend: Backend) throws {
    try store(backend).put(entry(1))
    try store(backend, job: "items").put(entry(2))
    #expect(try store(backend).read()?.state == ["n": 1])
    #expect(try store(backend, job: "items").read()?.state == ["n": 2])
    #expect(try store(backend, job: "orders.items").read() == nil)
  }

  @Test(arguments: Backend.allCases) func noWriteIsLostAmongMany(_ backend: Backend) async throws {
    let path = folder.path
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<8 {
        group.addTask {
          let store = Self.store(backend, path)
          for number in 0..<10 {
            let value = JSONNumber(writer * 100 + number)
            try store.put(StateEntry(state: ["n": .number(value)]))
          }
        }
      }
      try await group.waitForAll()
    }
    let entry = try #require(try store(backend).read())
    #expect(entry.version == 80)
    #expect(entry.history.map(\.version) == (60..<80).reversed().map { $0 })
  }

  @Test(arguments: Backend.allCases) func theLockIsOfTheJob(_ backend: Backend) throws {
    let (one, other) = (store(backend), store(backend))
    let items = store(backend, job: "items")
    #expect(try one.lock.take(LockOwner("run 1"), obeysHold: true) == nil)
    #expect(try other.lock.take(LockOwner("run 2"), obeysHold: true) != nil)
    #expect(try items.lock.take(LockOwner("run 3"), obeysHold: true) == nil)
    one.lock.release()
    #expect(try other.lock.take(LockOwner("run 2"), obeysHold: true) == nil)
  }

  @Test(arguments: Backend.allCases) func whatIsDamagedIsToldWithTheCopyFromBefore(
    _ backend: Backend
  ) throws {
    for number in 1...3 { try store(backend).put(entry(number)) }
    let path = backend == .file ? "\(folder.path)/acme/orders.json" : "\(folder.path)/state.db"
    try Files.write(path, Array("{\"format\": 1,\n  oops, and no database".utf8))
    let damaged = store(backend)
    let failure = #expect(throws: Failure.self) { try damaged.read() }
    #expect(failure?.kind == .configuration)
    #expect(failure?.message.contains(path) == true)
    #expect(failure?.hint?.contains("\(path).backup") == true)
    #expect(throws: Failure.self) { try damaged.put(entry(4)) }
    // What is put in its place goes on from there.
    try Files.write(path, try Files.read("\(path).backup"))
    #expect(try store(backend).read()?.state == ["n": 2])
  }

  @Test func aStateFileIsToldWithItsLine() throws {
    try folder.write("acme/orders.json", "{\"format\": 1,\n \"state\": {,}}")
    let failure = #expect(throws: Failure.self) { try store(.file).read() }
    #expect(failure?.message.contains("orders.json:2:12") == true)
  }
}

extension Files {
  fileprivate static func isThere(_ path: String) -> Bool { age(path) != nil }
}
