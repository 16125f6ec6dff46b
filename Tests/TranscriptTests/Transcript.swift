/// A session with the executables: commands, what they must answer, and the files they find.
///
/// The form is txtar: commands first, then files that begin with `-- name --`. A command is one of
///
///     exec COMMAND…      run by bash in the folder of the files; it must end with 0
///     ! exec COMMAND…    it must end with another code
///     exit N             the code of the last command
///     stdin FILE         what the next command reads
///     stdout TEXT        the last output has the text; `! stdout TEXT`: it has not
///     stderr TEXT        the same for standard error
///     cmp FILE FILE      two files are equal; `stdout` and `stderr` name the last output
///     env NAME=VALUE     for the commands that follow
struct Transcript {
  struct Step {
    let line: Int
    let isNegated: Bool
    let verb: String
    let rest: String
  }

  let name: String
  let steps: [Step]
  let files: [(name: String, text: String)]

  init(name: String, text: String) {
    self.name = name
    var steps: [Step] = []
    var files: [(name: String, text: String)] = []
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      if line.hasPrefix("-- "), line.hasSuffix(" --") {
        files.append((String(line.dropFirst(3).dropLast(3)), ""))
      } else if !files.isEmpty {
        files[files.count - 1].text += "\(line)\n"
      } else if !line.isEmpty, !line.hasPrefix("#") {
        steps.append(Self.step(line, number + 1))
      }
    }
    // The file's own last line feed is no empty line of its last part.
    if let last = files.indices.last, files[last].text.hasSuffix("\n\n") || text.hasSuffix("\n") {
      files[last].text.removeLast()
    }
    self.steps = steps
    self.files = files
  }

  private static func step(_ line: Substring, _ number: Int) -> Step {
    var words = line
    let isNegated = words.hasPrefix("! ")
    if isNegated { words = words.dropFirst(2) }
    let verb = words.prefix { $0 != " " }
    let rest = words.dropFirst(verb.count + 1)
    return Step(line: number, isNegated: isNegated, verb: String(verb), rest: String(rest))
  }
}
