internal import JSON
internal import Posix
package import Wire

/// What keeps two processes from working on one job, and lets a person keep runs away.
///
/// The lock is the kernel's (`flock`), so that one left by a process that died is free at once. The
/// file says who holds it, and its time is touched every few seconds: where hosts share the folder
/// and not the kernel's lock, an owner on another host counts until it has been silent for a minute.
package final class JobLock {
  /// Why the lock was not given.
  package enum Refusal: Hashable, Sendable {
    /// Another process has it; nil where it has not said who it is.
    case busy(LockOwner?)
    /// Somebody keeps runs away.
    case held(LockOwner)
  }

  private let path: String
  private let job: String
  private var taken: Int32?
  private var heartbeat: Heartbeat?
  /// Who had the lock and ended without giving it back.
  package private(set) var abandoned: LockOwner?

  static let beatSeconds: Int32 = 10
  static let silenceSeconds = 60.0

  /// The lock of `job`, in a file at `path`.
  package init(_ path: String, job: String) {
    self.path = path
    self.job = job
  }

  private var hold: String { "\(path).hold" }

  /// Takes the lock until `release` or the end of the process; nil on success.
  ///
  /// A person's lock refuses those alone that `obey` it: what changes the STATE by hand need not.
  package func take(_ owner: LockOwner, obeysHold: Bool) throws(Failure) -> Refusal? {
    if obeysHold, let person = LockOwner.read(hold) { return .held(person) }
    guard taken == nil else { return nil }
    do throws(PosixError) {
      try Files.makeFolder(Files.folder(of: path), mode: 0o700)
      guard let raw = try Files.lock(path) else { return .busy(LockOwner.read(path)) }
      let former = LockOwner.read(path)
      if let former, !former.isHere, Files.age(path) ?? .infinity < Self.silenceSeconds {
        Files.unlock(raw)
        return .busy(former)
      }
      // Somebody may have come in between.
      if obeysHold, let person = LockOwner.read(hold) {
        Files.unlock(raw)
        return .held(person)
      }
      abandoned = former
      Files.overwrite(raw, owner.bytes)
      taken = raw
      heartbeat = try Heartbeat(raw, seconds: Self.beatSeconds)
      return nil
    } catch {
      throw Failure(.io, "the lock of \(job) cannot be taken: \(error)")
    }
  }

  /// Takes the lock or throws, as one that waits for nobody.
  package func take(for purpose: String, obeysHold: Bool) throws(Failure) {
    if let refusal = try take(LockOwner(purpose), obeysHold: obeysHold) {
      throw failure(refusal)
    }
  }

  /// Gives the lock back.
  package func release() {
    guard let raw = taken else { return }
    taken = nil
    heartbeat?.stop()
    heartbeat = nil
    Files.overwrite(raw, [])
    Files.unlock(raw)
  }

  deinit { release() }

  /// The refusal in words.
  package func failure(_ refusal: Refusal) -> Failure {
    switch refusal {
    case .busy(let owner):
      let who = owner.map { ": \($0.text)" } ?? ""
      return Failure(
        .temporary,
        "another run of \(job) is under way\(who)",
        hint: "Wait until it has ended; `dativo run --wait SECONDS` does."
      )
    case .held(let person):
      return Failure(
        .temporary,
        "\(job) is locked by \(person.user)@\(person.host) since \(person.since): \(person.purpose)",
        hint: "`dativo state unlock JOB` takes the lock off."
      )
    }
  }

  /// Who has the lock now; a person's before a process's.
  package var holder: Refusal? {
    if let person = LockOwner.read(hold) { return .held(person) }
    guard let owner = LockOwner.read(path) else { return nil }
    let isThere =
      owner.isHere ? owner.isAlive : Files.age(path) ?? .infinity < Self.silenceSeconds
    return isThere ? .busy(owner) : nil
  }

  // MARK: By hand

  /// Keeps runs away from now on, also when this process has ended; one that is under way is not
  /// touched.
  package func keepAway(_ person: LockOwner) throws(Failure) {
    if let other = LockOwner.read(hold) { throw failure(.held(other)) }
    do throws(PosixError) {
      try Files.makeFolder(Files.folder(of: path), mode: 0o700)
      try Files.replace(hold, person.bytes)
    } catch {
      throw Failure(.io, "the lock of \(job) cannot be written: \(error)")
    }
  }

  /// Lets runs come again; returns whose lock was taken off, nil where there was none.
  package func letCome() -> LockOwner? {
    let person = LockOwner.read(hold)
    Files.remove(hold)
    return person
  }
}
