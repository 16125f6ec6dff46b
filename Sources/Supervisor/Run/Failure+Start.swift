package import Children
internal import Glibc
internal import Posix
package import Wire

extension Failure {
  /// A program that could not be started, as the edge tells it.
  package init(_ error: SpawnError) {
    let name = error.executable
    switch error.cause.code {
    case ENOENT:
      self.init(
        .configuration,
        "\(name) cannot be started: there is no such file, or its interpreter is missing",
        hint: "The first line of a script names its interpreter."
      )
    case EACCES:
      self.init(
        .configuration,
        "\(name) cannot be started: it may not be executed",
        hint: "chmod +x \(name)"
      )
    case ENOEXEC:
      self.init(
        .configuration,
        "\(name) cannot be started: it is neither a program nor a script with an interpreter",
        hint: "A script begins with a line such as #!/usr/bin/env python3."
      )
    default: self.init(.io, "\(name) cannot be started: \(error.cause)")
    }
  }

  /// A stage that could not be started.
  package init(_ error: StartFailure) {
    switch error {
    case .program(let error, let stage):
      self.init(error)
      if error.cause.operation == "chdir" {
        self = Failure(.io, "\(stage.name) cannot run in its folder: \(error.cause.reason)")
      }
    case .system(let error): self.init(.io, "the stages cannot be joined: \(error)")
    }
  }
}
