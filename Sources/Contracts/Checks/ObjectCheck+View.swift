extension ObjectCheck {
  /// How much of the dataset that a contract speaks of comes by.
  package enum View: Sendable {
    /// All of it.
    case whole
    /// A part; the rows of the others are not seen (`dativo.scope: dataset`).
    case part
    /// What has changed: a row comes again, under its key, each time that it did.
    case changes

    /// Whether rows and their duplicates cannot be counted.
    var hidesRows: Bool { self != .whole }
    /// Whether a key that comes twice is no mistake.
    var repeatsKeys: Bool { self == .changes }

    /// Why what cannot be seen is skipped.
    var reason: String {
      switch self {
      case .whole: ""
      case .part: "dativo.scope is dataset: one run does not see all rows"
      case .changes:
        "the stream brings changes only: its keys come again and its rows are not all (dativo.scope: run judges them all the same, `dativo contract test TABLE` the whole table)"
      }
    }
  }
}
