internal import Glibc
internal import Posix

/// Places where a test may end the process: `DATIVO_FAILPOINT=<name>:kill|exit`.
package enum Failpoint: String, CaseIterable, Sendable {
  /// The epoch was opened.
  case opened = "log.opened"
  /// A data file is whole and synced, and no commit names it.
  case staged = "commit.staged"
  /// The commit object is published, none of its files is visible.
  case published = "commit.published"
  /// The first of the commit's files is visible.
  case moving = "commit.moving"
  /// All files are visible, the STATE has not been told.
  case visible = "commit.visible"
  /// The STATE has been told.
  case echoed = "commit.echoed"

  /// Ends the process here if the environment asks for it.
  package func reached() {
    guard let wanted = Environment.value("DATIVO_FAILPOINT") else { return }
    let parts = wanted.split(separator: ":")
    guard parts.first.map(String.init) == rawValue else { return }
    if parts.last == "exit" { _exit(70) }
    kill(getpid(), SIGKILL)
  }
}
