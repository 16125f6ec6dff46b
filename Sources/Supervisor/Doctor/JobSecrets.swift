internal import Contracts
internal import JSON

/// Whether secrets stand in a job file that others can read.
struct JobSecrets {
  private let file: JobFile

  init(_ file: JobFile) { self.file = file }

  var check: DoctorCheck {
    var literal = SecretValues()
    for end in ["source", "target"] {
      if let settings = file.root[end]?["config"]?.json.object { literal.take(settings: settings) }
      for (name, value) in file.root[end]?["env"]?.json.object ?? [:]
      where Redaction.isSecret(name) {
        if let text = value.string { literal.take(text) }
      }
    }
    // What only refers to a variable is none.
    let found = literal.values.filter { !$0.contains("${") }
    guard !found.isEmpty else {
      return DoctorCheck(.ok, "secrets", "none stands in \(file.path)")
    }
    let mode = Paths.mode(file.path) ?? 0
    return DoctorCheck(
      mode & 0o044 == 0 ? .ok : .warn,
      "secrets",
      "\(file.path) holds secrets" + (mode & 0o044 == 0 ? "" : ", and others can read it"),
      hint: mode & 0o044 == 0 ? nil : "Write ${NAME} for a variable, or chmod 600 \(file.path)."
    )
  }
}
