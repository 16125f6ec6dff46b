/// What is run, and with what.
package struct Program: Sendable {
  /// An absolute path.
  package var executable: String
  package var arguments: [String]
  /// All that it sees of variables beside HOME, TMPDIR and PATH.
  package var environment: [String: String]
  /// Where it runs.
  package var folder: String
  /// Descriptors from 3 up that it is given.
  package var descriptors: [Int32]
  /// How many seconds it may go on once it has closed its output, a pipe; nil for as long as it likes.
  package var linger: Double?

  package init(
    _ executable: String,
    _ arguments: [String] = [],
    environment: [String: String] = [:],
    folder: String,
    descriptors: [Int32] = []
  ) {
    self.executable = executable
    self.arguments = arguments
    self.environment = environment
    self.folder = folder
    self.descriptors = descriptors
  }

  func variables(home: String) -> [String: String] {
    let own = [
      "HOME": home, "TMPDIR": home, "PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8",
    ]
    return own.merging(environment) { $1 }
  }
}
