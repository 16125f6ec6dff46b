/// What came of trying a connector, step by step.
package struct PluginStatus: Hashable, Sendable {
  package enum Step: String, CaseIterable, Sendable {
    /// Its environment was made and its executable is there.
    case install
    /// It told its settings, or at least its options.
    case about
    /// It told its streams.
    case discover
    /// It moved rows, and they were those of the source.
    case sync
  }

  package enum Outcome: Hashable, Sendable {
    case works
    /// It could not be tried for want of a server, an account or real settings; what it said.
    case needs(String)
    case broken(String)
  }

  private var outcomes: [Step: Outcome] = [:]

  package init() {}

  /// Nil for what was not tried.
  package subscript(step: Step) -> Outcome? {
    get { outcomes[step] }
    set { outcomes[step] = newValue }
  }

  package var isEmpty: Bool { outcomes.isEmpty }

  /// The first step that failed, with its error.
  package var failure: (step: Step, error: String)? {
    for step in Step.allCases {
      if case .broken(let error)? = outcomes[step] { return (step, error) }
    }
    return nil
  }

  /// `broken` where it cannot be used at all: it does not install, or tells nothing.
  package var isBroken: Bool {
    for step in [Step.install, .about] {
      if case .broken? = outcomes[step] { return true }
    }
    return false
  }

  /// The last step that works, or the one that breaks, in a word or two.
  package var text: String {
    if isBroken { return "broken" }
    if let failure { return "\(failure.step.rawValue) broken" }
    let last = Step.allCases.last { outcomes[$0] == .works }
    return last.map { "\($0.rawValue) works" } ?? "not tried"
  }
}
