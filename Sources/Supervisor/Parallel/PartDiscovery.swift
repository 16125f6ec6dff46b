internal import Posix
internal import Wire

/// Asks a tap which of its streams a job selects, so that each can be run as a part.
struct PartDiscovery {
  let job: Job
  /// A descriptor that becomes readable when the user asks to end.
  let interrupt: Int32
  let console: Console

  /// The catalog with the selection in it, and what the tap can do.
  ///
  /// `pause` waits for seconds, and returns the signal that ended it.
  func catalog(pause: (Double) -> Int32?) throws(Failure) -> PartCatalog {
    let plugins = PluginCatalog(project: job.folder)
    let tap = try plugins.connector(job.source, .tap)
    let preparation = Preparation(
      job,
      tap: tap,
      target: try plugins.connector(job.target, .target),
      interrupt: interrupt,
      deadline: job.timeoutSeconds.map { Clock.monotonic + UInt64($0 * 1e9) }
    ) { console.show("warning: \($0)", .doubtful) }
    guard let found = try preparation.parts(job.retry, console, pause: pause).catalog else {
      throw job.indivisible
    }
    return PartCatalog(found, tap)
  }
}
