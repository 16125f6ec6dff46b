internal import Posix
package import Wire

extension Job {
  /// The contract files that the job names, by absolute path, each once; and the entries that lead
  /// to no file.
  package func contractFiles() -> (paths: [String], missing: [String]) {
    var paths: [String] = []
    var missing: [String] = []
    for entry in contracts {
      let path = Paths.absolute(entry, from: folder)
      let isPattern = entry.contains { "*?[".contains($0) }
      let found =
        isPattern ? Paths.glob(path).filter(Paths.isFile) : Paths.isFile(path) ? [path] : []
      if found.isEmpty { missing.append(entry) }
      for file in found where !paths.contains(file) { paths.append(file) }
    }
    return (paths, missing)
  }

  /// The contract files that the job names; throws where an entry leads to none.
  package func wholeContracts() throws(Failure) -> [String] {
    let (paths, missing) = contractFiles()
    guard let first = missing.first else { return paths }
    throw Failure(
      .configuration,
      "\(file): no such contract: \(missing.joined(separator: ", "))",
      hint: contractHint(first)
    )
  }

  /// A contract's path as the job file's own path leads to it.
  package func shown(_ contract: String) -> String {
    let prefix = folder + "/"
    guard contract.hasPrefix(prefix) else { return contract }
    return Paths.joined(Files.folder(of: file), String(contract.dropFirst(prefix.count)))
  }

  /// What to write in place of an entry that leads to no file.
  package func contractHint(_ entry: String) -> String {
    if Paths.isFolder(Paths.absolute(entry, from: folder)) {
      let name = entry.hasSuffix("/") ? String(entry.dropLast()) : entry
      return "It is a folder: write `\(name)/*.odcs.yaml`."
    }
    return "Paths start from the folder of the job file, \(folder)."
  }
}
