internal import Glibc
internal import Posix
internal import Synchronization

/// Places where a test may end the process: `DATIVO_FAILPOINT=<name>:<kill|exit>[:<nth time>]`.
package enum Failpoint: String, CaseIterable, Sendable {
  /// The epoch was opened.
  case opened = "log.opened"
  /// What earlier writers left has been removed.
  case cleaned = "log.cleaned"
  /// A hundred commits were folded into a snapshot.
  case folded = "log.folded"
  /// A table has its owner.
  case claimed = "table.claimed"
  /// An object is written and synced under a name of its own.
  case drafted = "object.drafted"
  /// The object has its name, the folder is not synced.
  case linked = "object.linked"
  /// A data file was created.
  case begun = "file.begun"
  /// Its first bytes are written.
  case written = "file.written"
  /// It is whole and synced.
  case synced = "file.synced"
  /// It was renamed, the folder is not synced.
  case renamed = "file.renamed"
  /// All data files are whole, and no commit names them.
  case staged = "commit.staged"
  /// The commit object is published, none of its files is visible.
  case published = "commit.published"
  /// One of the commit's files is visible.
  case moving = "commit.moving"
  /// A table's link is that of the commit, the rows before are not yet cleared away.
  case switched = "commit.switched"
  /// All files are visible, the STATE has not been told.
  case visible = "commit.visible"
  /// The STATE has been told.
  case echoed = "commit.echoed"

  /// What the environment asks for, if it cannot be done.
  package static var problem: String? {
    guard let text = Environment.value("DATIVO_FAILPOINT"), Request.wanted == nil else {
      return nil
    }
    let names = allCases.map(\.rawValue).joined(separator: ", ")
    return "DATIVO_FAILPOINT=\(text) is not <name>:<kill|exit>[:<nth time>]; names: \(names)"
  }

  /// Ends the process here if the environment asks for it.
  package func reached() {
    guard let wanted = Request.wanted, wanted.point == self else { return }
    guard Request.seen.wrappingAdd(1, ordering: .relaxed).newValue == wanted.time else { return }
    if wanted.exits { _exit(70) }
    kill(getpid(), SIGKILL)
  }

  /// What the environment asks for.
  private struct Request {
    let point: Failpoint
    let exits: Bool
    let time: Int

    /// How often the point was passed.
    static let seen = Atomic<Int>(0)

    static let wanted: Self? = {
      guard let text = Environment.value("DATIVO_FAILPOINT") else { return nil }
      let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
      guard (2...3).contains(parts.count), let point = Failpoint(rawValue: parts[0]),
        ["kill", "exit"].contains(parts[1]), let time = parts.count == 3 ? Int(parts[2]) : 1
      else { return nil }
      return Self(point: point, exits: parts[1] == "exit", time: time)
    }()
  }
}
