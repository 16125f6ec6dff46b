internal import Glibc
package import JSON
internal import Posix

/// Who holds a lock: a process at work, or a person who keeps runs away.
package struct LockOwner: Hashable, Sendable {
  /// What it is doing: `run 20261125T041530-9f3a`; for a person, why.
  package var purpose: String
  package var user: String
  package var host: String
  package var pid: Int
  /// When it took the lock.
  package var since: String
  /// When the process began, in ticks since its host did: a number that is given to another process
  /// later does not make it the owner.
  package var began: String?

  /// This process.
  package init(_ purpose: String) {
    self.purpose = purpose
    user = Person.user
    host = Person.host
    pid = Int(getpid())
    since = Clock.timestamp
    began = Self.beginning(of: pid)
  }

  package init?(_ value: JSONValue) {
    guard let purpose = value["purpose"]?.string, let user = value["user"]?.string,
      let host = value["host"]?.string, let pid = value["pid"]?.number?.int64,
      let since = value["since"]?.string
    else { return nil }
    self.purpose = purpose
    self.user = user
    self.host = host
    self.pid = Int(pid)
    self.since = since
    began = value["began"]?.string
  }

  package var json: JSONValue {
    [
      "purpose": .string(purpose), "user": .string(user), "host": .string(host),
      "pid": .number(JSONNumber(pid)), "since": .string(since),
      "began": began.map { .string($0) } ?? .null,
    ]
  }

  /// The file's content.
  var bytes: [UInt8] { Array((json.encoded() + "\n").utf8) }

  /// What a lock or hold file says; nil where there is none, or nobody in it.
  static func read(_ path: String) -> LockOwner? {
    guard let bytes = try? Files.read(path), let value = try? JSONValue.parse(bytes) else {
      return nil
    }
    return LockOwner(value)
  }

  /// Whether it is a process of this host that is still there.
  package var isAlive: Bool { isHere && began != nil && Self.beginning(of: pid) == began }

  /// Whether it is of this host.
  var isHere: Bool { host == Person.host }

  /// `run 2026… (pid 12 on box, by ada, since 2026…)`.
  package var text: String { "\(purpose) (pid \(pid) on \(host), by \(user), since \(since))" }

  private static func beginning(of pid: Int) -> String? {
    guard let bytes = try? Files.read("/proc/\(pid)/stat") else { return nil }
    // The name, in brackets, may hold anything; the beginning is the 20th field after it.
    let fields = String(decoding: bytes, as: UTF8.self).split(separator: ")").last?
      .split(separator: " ")
    // One that has ended and that nobody has reaped yet is not there any more.
    guard let fields, fields.count > 19, !["Z", "X"].contains(fields[0]) else { return nil }
    return String(fields[19])
  }
}
