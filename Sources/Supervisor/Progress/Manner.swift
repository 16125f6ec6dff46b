internal import Synchronization

/// How a process talks on standard error: in which form, and how much.
package struct Manner: Sendable, Hashable {
  package enum Format: String, Sendable, CaseIterable { case text, json }

  package enum Verbosity: Int, Sendable, Comparable {
    /// What went wrong.
    case quiet
    /// How it goes, and what matters of that which stages say.
    case normal
    /// All that stages say.
    case verbose

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
  }

  package var format = Format.text
  package var verbosity = Verbosity.normal

  package init(format: Format = .text, verbosity: Verbosity = .normal) {
    self.format = format
    self.verbosity = verbosity
  }

  private static let current = Mutex(Manner())

  /// Decided once, by the command line, before anything is told.
  package static var ofProcess: Manner {
    get { current.withLock { $0 } }
    set { current.withLock { $0 = newValue } }
  }

  /// Whether lines of ours of that level are shown.
  func shows(_ level: LogLevel) -> Bool { verbosity > .quiet || level >= .warning }

  /// Whether a line of a stage is shown: details only on request, what tells no level always.
  func shows(_ line: LogLine) -> Bool {
    switch verbosity {
    case .quiet: false
    case .normal: line.level.map { $0 >= .warning } ?? true
    case .verbose: true
    }
  }
}
