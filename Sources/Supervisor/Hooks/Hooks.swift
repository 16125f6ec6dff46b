internal import Children
internal import JSON
internal import Net
internal import Posix
internal import Wire

/// Calls what a job asks for when a run has ended.
///
/// A hook that fails is told and changes nothing: the run has ended as it has.
struct Hooks {
  private let job: Job
  private let outcome: RunRecord.Outcome
  private let record: JSONValue
  /// Where the run record lies.
  private let path: String

  /// How long one hook may take.
  private static let patience = 60.0

  init(_ job: Job, outcome: RunRecord.Outcome, record: JSONValue, path: String) {
    self.job = job
    self.outcome = outcome
    self.record = record
    self.path = path
  }

  /// Calls the hooks of the run's outcome; returns what went wrong with them.
  func call() -> [String] {
    let moment = Hook.Moment(outcome)
    return (job.hooks[moment] ?? []).compactMap { hook in
      let problem =
        switch hook {
        case .command(let words): run(words)
        case .webhook(let url): post(url)
        }
      return problem.map { "the hook for \(moment.rawValue), \($0)" }
    }
  }

  private func run(_ words: [String]) -> String? {
    guard let executable = Executable.find(words[0], from: job.folder) else {
      return "\(words[0]), was not found"
    }
    var environment = StageEnvironment.base
    environment["DATIVO_RUN"] = record["run"]?.string
    environment["DATIVO_JOB"] = record["job"]?.string
    environment["DATIVO_OUTCOME"] = outcome.rawValue
    environment["DATIVO_RECORD"] = path
    let command = Command(
      executable,
      Array(words.dropFirst()),
      environment: environment,
      folder: job.folder
    )
    do throws(SpawnError) {
      let capture = try Capture.run(command, seconds: Self.patience)
      if capture.cut == .late { return "\(words[0]), took more than a minute and was ended" }
      guard !capture.exit.isSuccess else { return nil }
      let last = capture.errorLines.last.map { ": \($0)" } ?? ""
      return "\(words[0]), exited with \(capture.exit.shellCode)\(last)"
    } catch {
      return "\(words[0]), could not be started: \(Failure(error).message)"
    }
  }

  private func post(_ reference: String) -> String? {
    let url: String
    do throws(Failure) {
      let access = SecretAccess(job, run: record["run"]?.string)
      let filled = try SecretFilling(.string(reference), for: "webhook", settings: nil, access)
      url = filled.config.string ?? reference
    } catch {
      return "a webhook whose address is a secret: \(error.message)"
    }
    guard var request = HTTP.Request("POST", url: url) else { return "which is no http(s) URL" }
    // A path or query may hold a token: messages name the host alone.
    request.headers = [("content-type", "application/json")]
    request.body = Array(summary.encoded().utf8)
    request.timeout = 20
    let policy = RetryPolicy(attempts: 3, base: 500, limit: 5_000)
    var attempt = 1
    while true {
      let problem: String
      do throws(NetError) {
        let status = try HTTP.Client().send(request).status
        guard !(200..<300).contains(status) else { return nil }
        problem = "\(request.host), answered \(status)"
        guard status >= 500 || status == 429 else { return problem }
      } catch {
        problem = "\(request.host), could not be reached"
      }
      guard policy.waits(after: attempt) else { return problem }
      attempt += 1
    }
  }

  /// The run record without STATE, which may hold what a source keeps to itself.
  private var summary: JSONValue {
    var object = record.object ?? JSONObject()
    object["state"] = nil
    object["attempts"] = (object["attempts"]?.array?.count).map { .number(JSONNumber($0)) }
    return .object(object)
  }
}
