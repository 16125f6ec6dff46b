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
}
