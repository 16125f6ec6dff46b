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

  /// Whether there is a file at a path.
  package static func exists(_ path: String) -> Bool { Paths.isFile(path) }

  /// Whether a file says that it is a job, or is of ours and says nothing else that it could be.
  private static func isJob(_ path: String) -> Bool {
    guard let bytes = try? Files.read(path) else { return false }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map { line in
      line.split(separator: " ").map(String.init)
    }
    if lines.contains(["kind:", "Job"]) { return true }
    return lines.contains(["apiVersion:", "dativo/v1"]) && !lines.contains(["kind:", "Plugin"])
  }
}
