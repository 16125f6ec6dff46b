internal import Posix
package import Wire

extension JobFile {
  /// The job files that a path means: itself, or those of a folder.
  package static func paths(_ place: String) throws(Failure) -> [String] {
    guard Paths.isFolder(place) else { return [place] }
    let found = Paths.names(in: place).filter { name in
      name.hasSuffix(".yaml") || name.hasSuffix(".yml")
    }.map { Paths.joined(place, $0) }.filter(isJob)
    guard found.isEmpty else { return found }
    throw Failure(
      .configuration,
      "\(place): there is no job file in the folder",
      hint: "A job file says `kind: Job`."
    )
  }

  private static func isJob(_ path: String) -> Bool {
    guard let bytes = try? Files.read(path) else { return false }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").contains { line in
      line.split(separator: " ").map(String.init) == ["kind:", "Job"]
    }
  }
}
