internal import Children
internal import Posix
internal import Wire

/// Looks at all that runs need on this machine, in this project, and for one job.
///
/// It changes nothing but files that it makes and removes at once.
package struct Doctor {
  package private(set) var checks: [DoctorCheck] = []
  /// The project's folder, absolute.
  private let project: String
  private let job: JobFile?

  /// Looks at the project in `folder`, or at that of a job and at the job.
  package init(folder: String, job: JobFile? = nil) {
    project = job?.job?.folder ?? Paths.absolute(folder)
    self.job = job
    // Before anything is asked that may tell them.
    Redactor.learnEnvironment()
    checks += MachineCheck.all()
    checks += ProgramCheck.all(project: project)
    checks.append(SandboxCheck.check(project: project))
    checks += ProjectCheck(project: project).all()
    if let job { checks += Self.checks(of: job) }
  }

  package var failed: Int { checks.count { $0.status == .fail } }
  package var warned: Int { checks.count { $0.status == .warn } }

  /// All lines and a last one with the sum.
  package var text: String {
    let sum = "\(checks.count) checks: \(failed) failed, \(warned) with a warning"
    return (checks.map(\.text) + [sum]).joined(separator: "\n")
  }

  private static func checks(of file: JobFile) -> [DoctorCheck] {
    guard let job = file.job else {
      return file.findings.map { finding in
        let place = finding.place.isEmpty ? "" : finding.place + ": "
        return DoctorCheck(
          finding.severity == .error ? .fail : .warn,
          "job file",
          place + finding.message,
          hint: finding.hint
        )
      }
    }
    var checks = [JobSecrets(file).check]
    var check = JobCheck(job)
    check.run(file)
    checks += check.steps.map { step in
      guard let failure = step.failure else { return DoctorCheck(.ok, step.name, step.detail) }
      return DoctorCheck(.fail, step.name, failure.message, hint: failure.hint)
    }
    checks += (file.findings + check.warnings).map {
      DoctorCheck(.warn, "job file", "\($0.place): \($0.message)", hint: $0.hint)
    }
    return checks
  }
}
