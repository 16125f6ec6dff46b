package import JSON

extension Pipeline {
  /// What the loop tells while it runs.
  package struct Observer {
    /// Lines that stages wrote.
    package var log: ([LogLine]) -> Void
    /// A STATE that the target has committed; of several at once the last.
    package var committed: (JSONValue) -> Void
    /// Figures, some ten times a second.
    package var progress: (Progress) -> Void

    package init(
      log: @escaping ([LogLine]) -> Void,
      committed: @escaping (JSONValue) -> Void,
      progress: @escaping (Progress) -> Void
    ) {
      self.log = log
      self.committed = committed
      self.progress = progress
    }
  }

  /// How far the attempt is.
  package struct Progress: Sendable {
    package var read: Int
    package var committed: Int
    /// What the middle stage has told, and what the target.
    package var meters: (validate: Meter, target: Meter)
    /// The role of the stage that the others wait for.
    package var slow: String
    package var seconds: Double
    /// A signal was received, and the pipe drains.
    package var isEnding: Bool
  }
}
