package import Children
internal import Posix
internal import Wire

/// A connector as something that can be run: its program, or the container engine with its image.
package struct ConnectorProgram {
  /// What it is called in messages.
  package let name: String
  private let executable: String
  private let arguments: [String]
  private let container: Container?

  /// Finds the program; installs a package that is not there yet.
  init(_ settings: ConnectorSettings) throws(Failure) {
    switch settings.program {
    case .executable(let words):
      guard let found = Executable.find(words[0], from: ".", path: Environment.value("PATH")) else {
        throw Failure(
          .configuration,
          "\(settings.origin): the program \(words[0]) was not found",
          hint: words[0].contains("/")
            ? "A path starts from the current folder; the file must be executable."
            : "It is looked up on PATH; ./\(words[0]) is the one in the current folder."
        )
      }
      executable = found
      arguments = Array(words.dropFirst())
      name = Self.base(words.count > 1 && words[1].contains(".") ? words[1] : words[0])
      container = nil
    case .package(let requirement):
      let package = ConnectorPackage(requirement)
      executable = try package.program()
      arguments = []
      name = package.name
      container = nil
    case .image(let image):
      let made = try Container(image, settings.container)
      executable = made.engine.path
      arguments = []
      name = image
      container = made
    }
  }

  /// The command for a verb; `files` are options with names of files in `scratch`.
  package func command(
    _ verb: String,
    _ files: [(option: String, name: String)] = [],
    in scratch: borrowing Scratch
  ) -> Command {
    let environment = Dictionary(Environment.all.map { ($0.name, $0.value) }) { _, last in last }
    let folder = container == nil ? scratch.path : Container.mount
    let words = [verb] + files.flatMap { [$0.option, "\(folder)/\($0.name)"] }
    let before = container.map { $0.options(mounting: scratch.path) } ?? arguments
    return Command(executable, before + words, environment: environment)
  }

  /// Removes what a killed run may have left.
  package func cleanUp() { container?.remove() }

  private static func base(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }
}
