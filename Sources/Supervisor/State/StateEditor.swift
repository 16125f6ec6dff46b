internal import Glibc
package import JSON
internal import Posix
internal import Wire

/// A copy of a STATE in the user's own editor.
package enum StateEditor {
  /// Opens the copy and reads it when the editor has ended.
  ///
  /// A copy that is no JSON stays, and the error says where; any other is removed. With
  /// `keepsOutput` the editor gets standard error in place of standard output.
  package static func edit(
    _ state: JSONValue?,
    of job: Job,
    keepsOutput: Bool
  ) throws -> JSONValue {
    let path = "\(Home.folder(job))/edit/\(job.tenant).\(job.name).json"
    if Paths.isFile(path) {
      throw Failure(
        .usage,
        "\(path): a copy of an edit before is there",
        hint: "`dativo state set JOB \(path)` takes it; remove it to begin anew."
      )
    }
    let text = (state ?? .object([:])).encoded(pretty: true) + "\n"
    do throws(PosixError) {
      try Files.makeFolder(Files.folder(of: path), mode: 0o700)
      try Files.write(path, Array(text.utf8), mode: 0o600)
    } catch {
      throw Failure(.io, "the copy to edit cannot be written: \(error)")
    }
    let editor = command
    let quoted = "'" + path.replacing("'", with: "'\\''") + "'"
    // SAFETY: the command is lent for the call.
    let status = unsafe system("\(editor) \(quoted)\(keepsOutput ? " 1>&2" : "")")
    guard status == 0 else {
      Files.remove(path)
      throw Failure(
        .temporary,
        "the editor (\(editor)) did not end well: nothing was changed",
        hint: "VISUAL or EDITOR names the editor."
      )
    }
    let edited = try StateText.parse(path)
    try StateText.refuseScalar(edited, path)
    Files.remove(path)
    return edited
  }

  private static var command: String {
    for name in ["VISUAL", "EDITOR"] {
      if let value = Environment.value(name), !value.isEmpty { return value }
    }
    return "vi"
  }
}
