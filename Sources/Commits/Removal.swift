/// Which rows of a stream a commit takes away: whole files of the commits before it.
package enum Removal: Hashable, Sendable {
  /// All of them.
  case all
  /// Those of another version than this one.
  case otherVersions(Int64)
  /// Those of a smaller generation than this one; rows of none are older than all.
  case generations(before: Int64)
  /// Those in the files at these places.
  case files(PathSet)

  /// Whether a file that is to be committed with the removal is not to be: its rows ended before.
  package func takesStaged(_ file: Commit.File) -> Bool { self != .all && takes(file) }

  func takes(_ file: Commit.File) -> Bool {
    switch self {
    case .all: true
    case .otherVersions(let version): file.version != version
    case .generations(let first): first > 0 && file.generation ?? 0 < first
    case .files(let paths): paths.contains(file.path)
    }
  }
}
