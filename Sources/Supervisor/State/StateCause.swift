/// Who changed a STATE, and why.
package struct StateCause: Hashable, Sendable {
  /// `user@host`.
  package var who: String
  package var why: String
  /// The run that brought it; nil where somebody changed it by hand.
  package var run: String?

  package init(who: String = Person.current, why: String, run: String? = nil) {
    self.who = who
    self.why = why
    self.run = run
  }

  /// As the commit log of a destination keeps it.
  var text: String { "\(why) (by \(who))" }
}
