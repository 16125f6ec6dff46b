/// What a program and all that it started asked the kernel for, as `strace` wrote it down.
///
/// Only what came after the program itself was begun counts; what its launcher did does not.
package struct Trace {
  /// Paths that were opened or looked into, and whether that came through.
  package private(set) var reads: [String: Bool] = [:]
  /// Paths that were written, made, renamed or removed, likewise.
  package private(set) var writes: [String: Bool] = [:]
  /// Programs that were run.
  package private(set) var programs: [String] = []
  private let folder: String
  /// Whether the program itself was seen to begin.
  package private(set) var isBegun = false

  /// Reads the text of a trace of `executable`, which ran in `folder`.
  package init(_ text: String, of executable: String, in folder: String) {
    self.folder = folder
    let executable = Paths.absolute(executable, from: folder)
    // A call that was interrupted by another process's stands on two lines.
    var unfinished: [Substring: String] = [:]
    for line in text.split(separator: "\n") {
      let parts = line.drop { $0 == " " }.split(separator: " ", maxSplits: 1)
      guard parts.count == 2 else { continue }
      var call = parts[1].drop { $0 == " " }
      if let cut = call.firstRange(of: " <unfinished ...>") {
        unfinished[parts[0]] = String(call[..<cut.lowerBound])
        continue
      }
      if call.hasPrefix("<... "), let end = call.firstRange(of: " resumed>"),
        let begin = unfinished.removeValue(forKey: parts[0])
      {
        call = Substring(begin + call[end.upperBound...])
      }
      take(call, executable)
    }
  }

  private static let writing: Set<Substring> = [
    "mkdir", "mkdirat", "unlink", "unlinkat", "rmdir", "rename", "renameat", "renameat2",
    "truncate",
    "link", "linkat", "symlink", "symlinkat", "chmod", "fchmodat", "chown", "fchownat", "creat",
    "mknod", "mknodat", "utimensat",
  ]
  private static let reading: Set<Substring> = [
    "open", "openat", "openat2", "readlink", "readlinkat",
  ]

  private mutating func take(_ call: Substring, _ executable: String) {
    guard let open = call.firstIndex(of: "(") else { return }
    let name = call[..<open]
    let isDone = !call.contains(" = -1 ")
    if name == "execve" {
      guard let path = Self.strings(call).first.map(absolute), isDone else { return }
      if path == executable { isBegun = true }
      if isBegun, !programs.contains(path) { programs.append(path) }
      return
    }
    guard isBegun else { return }
    let isWriting = Self.writing.contains(name)
    guard isWriting || Self.reading.contains(name) else { return }
    let writes =
      isWriting || ["O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC"].contains { call.contains($0) }
    for path in Self.strings(call).map({ place($0, in: call) }) {
      if writes {
        self.writes[path] = isDone || self.writes[path] == true
      } else {
        reads[path] = isDone || reads[path] == true
      }
    }
  }

  private func absolute(_ path: String) -> String { Paths.absolute(path, from: folder) }

  /// A relative path starts from the folder that the first argument names, as `-y` shows it.
  private func place(_ path: String, in call: Substring) -> String {
    guard !path.hasPrefix("/"), let open = call.firstIndex(of: "<"),
      let close = call[open...].firstIndex(of: ">"),
      let quote = call.firstIndex(of: "\""), open < quote
    else { return absolute(path) }
    return Paths.absolute(path, from: String(call[call.index(after: open)..<close]))
  }

  /// The texts in quotes that are paths: the first, and of two names both.
  private static func strings(_ call: Substring) -> [String] {
    var strings: [String] = []
    var rest = call
    while let open = rest.firstIndex(of: "\""), strings.count < 2 {
      var text = ""
      var index = rest.index(after: open)
      while index < rest.endIndex, rest[index] != "\"" {
        if rest[index] == "\\" { index = rest.index(after: index) }
        if index < rest.endIndex {
          text.append(rest[index])
          index = rest.index(after: index)
        }
      }
      strings.append(text)
      guard index < rest.endIndex else { break }
      rest = rest[rest.index(after: index)...]
      // The words of a program's arguments are no paths.
      if call.hasPrefix("execve") || call.hasPrefix("open") { break }
    }
    return strings
  }
}
