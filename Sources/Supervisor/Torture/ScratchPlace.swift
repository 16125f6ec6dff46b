internal import Posix
package import Wire

/// A folder for a command's own files: a new one that goes away again, or one that the user named.
package final class ScratchPlace {
  package let path: String
  private var isKept: Bool

  /// Takes the folder `named`, which must be empty or not there yet; nil makes one for the moment.
  package init(_ named: String?) throws(Failure) {
    guard let named else {
      path = Scratch().path
      isKept = false
      return
    }
    path = Paths.absolute(named)
    isKept = true
    guard Paths.names(in: path).isEmpty else {
      throw Failure(
        .usage,
        "the folder \(named) is not empty",
        hint: "Name one that is, or a new one."
      )
    }
    do throws(PosixError) {
      try Files.makeFolder(path)
    } catch {
      throw Failure(.io, "the folder \(named) cannot be made: \(error)")
    }
  }

  package func keep() { isKept = true }

  package func remove() {
    if !isKept { Files.remove(path) }
  }
}
