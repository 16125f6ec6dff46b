/// A program to run: everything but the descriptors.
package struct Command: Sendable {
  /// The file, not looked up any further.
  package var executable: String
  /// What follows the program's name.
  package var arguments: [String]
  /// The whole environment.
  package var environment: [String: String]
  /// The working folder; nil for the caller's.
  package var folder: String?

  package init(
    _ executable: String,
    _ arguments: [String] = [],
    environment: [String: String],
    folder: String? = nil
  ) {
    self.executable = executable
    self.arguments = arguments
    self.environment = environment
    self.folder = folder
  }
}
