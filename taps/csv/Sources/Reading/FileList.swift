import ConnectorKit
import Glibc
import Wire

/// The files that a path or a pattern names, in the order of their paths' bytes.
enum FileList {
  /// The files of `pattern`, at least one; `place` is where the configuration has it.
  static func files(_ pattern: String, _ place: String) throws(Failure) -> [SourceFile] {
    // A file may have the characters of a pattern in its name.
    if unsafe !isPattern(pattern) || access(pattern, F_OK) == 0 {
      return [try SourceFile(pattern, place)]
    }
    if pattern.contains("**") {
      throw Failure(
        .configuration,
        "\(place): \"**\" in \"\(pattern)\" is not supported",
        hint: "Write one * for each folder level, such as \"data/*/*.csv\"."
      )
    }
    var files: [SourceFile] = []
    for path in try matches(pattern, place) {
      // A folder that a pattern happens to match is not meant.
      if isFolder(path) { continue }
      files.append(try SourceFile(path, place))
    }
    guard !files.isEmpty else {
      throw Failure(
        .configuration,
        "\(place): no file matches \"\(pattern)\"",
        hint: pattern.hasPrefix("/")
          ? "Check the pattern and the folder."
          : "Patterns are relative to the folder where the tap was started."
      )
    }
    return files
  }

  /// Whether `path` has characters of a pattern.
  static func isPattern(_ path: String) -> Bool {
    path.utf8.contains { $0 == 0x2A || $0 == 0x3F || $0 == 0x5B }
  }

  private static func matches(_ pattern: String, _ place: String) throws(Failure) -> [String] {
    var found = unsafe glob_t()
    // SAFETY: glob fills the list, which globfree gives back.
    defer { unsafe globfree(&found) }
    let result = unsafe glob(pattern, GLOB_ERR, nil, &found)
    guard result == 0 || result == GLOB_NOMATCH else {
      throw Failure(
        .io,
        "\(place): the folders of \"\(pattern)\" cannot be read",
        hint: "Check who may list them."
      )
    }
    var paths: [String] = []
    unsafe paths.reserveCapacity(Int(found.gl_pathc))
    for index in unsafe 0..<Int(found.gl_pathc) {
      guard let path = unsafe found.gl_pathv[index] else { continue }
      unsafe paths.append(String(cString: path))
    }
    return paths.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  private static func isFolder(_ path: String) -> Bool {
    var status = stat()
    // SAFETY: stat fills the structure, or says that it did not.
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}
