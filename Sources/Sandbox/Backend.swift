/// By what a plugin is confined.
package enum Backend: String, CaseIterable, Sendable {
  /// Namespaces of its own, made by bubblewrap.
  case bubblewrap = "bwrap"
  /// Rules of the kernel for one process and those that it starts.
  case landlock
}

/// What a job or a user asks for.
package enum Choice: String, CaseIterable, Sendable {
  /// The strongest that works here; where none does, nothing is run.
  case auto
  case bubblewrap = "bwrap"
  case landlock
  /// Images, run closed by a container engine, and nothing else.
  case container
  /// No confinement.
  case none
}
